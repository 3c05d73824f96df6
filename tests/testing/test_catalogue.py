"""Which tests there are, and that the documents have them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medbench.errors import UsageError
from medbench.testing import CHECKS, chosen

DOCS = Path(__file__).parents[2] / "docs" / "checks.md"


def test_every_test_has_its_paragraph_and_no_other_has_one() -> None:
    parts = re.split(r"^### ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [part.splitlines()[0] for part in parts] == [check.id for check in CHECKS]
    assert all(len(part.split()) > 8 for part in parts)


def test_every_test_has_a_title() -> None:
    assert all(check.title.endswith(".") and len(check.title) < 110 for check in CHECKS)


def test_gates_come_with_what_stands_behind_them() -> None:
    assert [check.id for check in chosen(["shapes"])] == ["opens", "loads", "shapes"]
    assert [check.id for check in chosen(["render"])] == ["opens", "render"]
    assert chosen([]) == CHECKS


def test_an_unknown_test_gets_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown check 'shape'") as caught:
        chosen(["shape"])
    assert (caught.value.code, caught.value.hint) == ("MB011", "did you mean 'shapes'?")
