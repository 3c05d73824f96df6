"""docs/quirks.md names every source, and only tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

from medbench.cohort.sources import READERS

ROOT = Path(__file__).parents[2]


def test_the_table_of_quirks_names_all_sources_and_real_tests():
    text = (ROOT / "docs" / "quirks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    written = (file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "cohort").glob("test_*.py"))
    there = {name for code in written for name in re.findall(r"def (test_\w+)", code)}
    assert named and named <= there, named - there
    assert set(READERS) == set(re.findall(r"^\| ([a-z0-9-]+) \|", text, re.M)) - {"source"}
