"""The pages about the schemas are made from them, and the schemas say enough to make pages of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from medbench.cli.schema import NAMES
from medbench.spec import load_schema
from medbench.spec.document import schema_page

ROOT = Path(__file__).parents[1]
REMAKE = (
    f"for name in {' '.join(NAMES)}; do "
    ".venv/bin/medbench schema $name --format markdown > docs/schemas/$name.md; done"
)
WRITTEN_BY_MEDBENCH = {"record", "analysis", "leaderboard"}
"""Nobody leaves out what a program writes, so these have no defaults."""


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_what_the_schema_gives(name: str) -> None:
    file = ROOT / "docs" / "schemas" / f"{name}.md"
    made = schema_page(name, load_schema(name))
    assert file.is_file() and file.read_text(encoding="utf-8") == made, f"make the pages anew:\n{REMAKE}"


def test_every_schema_has_a_page_and_no_page_is_left_over() -> None:
    schemas = {file.name.partition(".")[0] for file in (ROOT / "medbench/spec/schemas").glob("*.schema.json")}
    assert schemas == set(NAMES) == {file.stem for file in (ROOT / "docs" / "schemas").glob("*.md")}


@pytest.mark.parametrize("name", NAMES)
def test_every_key_says_what_it_is(name: str) -> None:
    root = load_schema(name)
    lacking = [
        f"{path}: {word}"
        for path, described, _ in _keys(root, "", root)
        for word in ("description", "examples")
        if not described.get(word)
    ]
    assert not lacking


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WRITTEN_BY_MEDBENCH])
def test_every_key_that_may_lack_has_a_default(name: str) -> None:
    root = load_schema(name)
    assert not [
        path for path, described, optional in _keys(root, "", root) if optional and "default" not in described
    ]


def _keys(
    schema: Mapping[str, Any], path: str, root: Mapping[str, Any], above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Every key with its schema and whether it may lack.

    Args:
        above: keys that are required under some condition or another.
    """
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    branches = [
        part[word] for part in (schema, *schema.get("allOf", ())) for word in ("then", "else") if word in part
    ]
    required = above.union(*(part.get("required", ()) for part in (schema, *branches)))
    for key, described in schema.get("properties", {}).items():
        if "not" in described:
            continue
        whole = (
            {**root["definitions"][described["$ref"].rpartition("/")[2]], **described}
            if "$ref" in described
            else described
        )
        yield f"{path}.{key}", whole, key not in required
        yield from _keys(described, f"{path}.{key}", root)
    for part in branches:
        yield from _keys(part, path, root, required)
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), Mapping):
            yield from _keys(schema[word], f"{path}[]", root)
