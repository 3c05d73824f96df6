"""A JSON Schema as a page for people: every key with its values, default, meaning and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from medbench.spec.schema_words import Schema, allowed, as_code, resolve

__all__ = ["schema_page"]

INTRODUCTION = """\
`a.b` is the key `b` inside `a`, `*` stands for a name that you choose, and `[]` for each item of a list. Keys
that begin with `x-` are notes of your own and are never read, wherever they stand. No other key is taken."""
MADE = "<!-- Made by `medbench schema {name} --format markdown`; change the schema, not this page. -->"
MARK = "\\|"
"""How a bar is written inside a table."""
HEAD = "| key | value | default | what it is | example |\n|---|---|---|---|---|"

LONGEST = 160
"""An example that is longer is a whole mapping, whose keys have their own."""


@dataclass
class _Section:
    """Keys that hold under one condition, and what holds under further ones."""

    title: str
    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inner: list[_Section] = field(default_factory=list)


def schema_page(name: str, schema: Schema) -> str:
    """The page ``docs/schemas/NAME.md`` as Markdown.

    Args:
        name: as ``medbench schema`` knows it.
        schema: draft-07; conditions are ``if``/``then``/``else``, references lead to ``definitions``.
    """
    page = _Section(f"# {schema['title']}")
    _keys(page, schema, "", schema)
    head = [page.title, MADE.format(name=name), schema["description"], INTRODUCTION]
    return "\n\n".join([*head, *_shown(page)]) + "\n"


def _shown(section: _Section) -> Iterator[str]:
    yield from section.notes
    if section.rows:
        yield "\n".join([HEAD, *section.rows])
    for part in section.inner:
        body = list(_shown(part))
        if body:
            yield from (part.title, *body)


def _keys(section: _Section, schema: Schema, path: str, root: Schema, above: Sequence[str] = ()) -> None:
    """Add the keys of a mapping at ``path``, theirs, and the conditions that it sets.

    Args:
        above: keys that are required whatever the condition under which ``schema`` holds.
    """
    required = [*above, *schema.get("required", ())]
    for key, described in schema.get("properties", {}).items():
        if "not" in described:
            continue
        place = f"{path}.{key}" if path else key
        section.rows.append(_row(place, described, _presence(key, schema, required), root))
        _inside(section, described, place, root)
    for condition in (schema, *schema.get("allOf", ())):
        if "if" in condition:
            _branches(section, condition, path, root, required)


def _inside(section: _Section, schema: Schema, path: str, root: Schema) -> None:
    """Add what lies below the value at ``path``, whatever its form."""
    schema = resolve(schema, root)
    if "type" not in schema and "type" in schema.get("if", {}):
        for branch in ("then", "else"):
            _inside(section, schema.get(branch, {}), path, root)
        return
    _keys(section, schema, path, root)
    for key, mark in (("items", "[]"), ("additionalProperties", ".*")):
        if not isinstance(schema.get(key), Mapping):
            continue
        if key == "additionalProperties" and schema.get("properties"):
            section.rows.append(_row(path + mark, {"default": None, **schema[key]}, "", root))
        _inside(section, schema[key], path + mark, root)


def _branches(section: _Section, condition: Schema, path: str, root: Schema, required: Sequence[str]) -> None:
    for branch in ("then", "else"):
        if branch not in condition:
            continue
        holds = _words(condition["if"], path) if branch == "then" else "otherwise"
        part = _Section(f"{'###' if path else '##'} {'When' if branch == 'then' else f'`{path}`'} {holds}")
        part.notes += _notes(condition[branch], path)
        _keys(part, condition[branch], path, root, required)
        section.inner.append(part)


def _words(condition: Schema, path: str) -> str:
    before = f"{path}." if path else ""
    said = [f"`{before}{key}` is {as_code(v['const'])}" for key, v in condition.get("properties", {}).items()]
    lone = [key for key in condition.get("required", ()) if key not in condition.get("properties", {})]
    return " and ".join([*said, *(f"`{path}` has `{key}`" for key in lone)])


def _notes(branch: Schema, path: str) -> Iterator[str]:
    before = f"{path}." if path else ""
    known = branch.get("properties", {})
    lone = [f"`{before}{key}`" for key in branch.get("required", ()) if key not in known]
    idle = [f"`{before}{key}`" for key, described in known.items() if "not" in described]
    if lone:
        yield f"Required here: {', '.join(lone)}."
    if idle:
        yield f"Without meaning here, and refused: {', '.join(idle)}."


def _row(path: str, described: Schema, presence: str, root: Schema) -> str:
    schema = {**resolve(described, root), **described}
    cells = (
        f"`{path}`",
        allowed(schema, root),
        _default(schema, presence),
        schema.get("description", ""),
        _example(schema),
    )
    return f"| {' | '.join(cell.replace('|', MARK) for cell in cells)} |"


def _presence(key: str, schema: Schema, required: Sequence[str]) -> str:
    if key in required:
        return "required"
    conditions = (part.get("then", {}) for part in schema.get("allOf", ()))
    return "see below" if any(key in then.get("required", ()) for then in conditions) else "may lack"


def _example(schema: Schema) -> str:
    shown = ", ".join(map(as_code, schema.get("examples", [])[:2]))
    return shown if len(shown) <= LONGEST else "that of each key below"


def _default(schema: Schema, presence: str) -> str:
    if presence == "required" or "default" not in schema:
        return presence
    return "none" if schema["default"] is None else as_code(schema["default"])
