"""``medbench explain MBnnn``: the paragraph of ``docs/errors.md``."""

from __future__ import annotations

import json
import re

import pytest

from medbench.cli.main import main
from medbench.spec import documents_folder


def test_a_code_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mb203"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "MB203  a file does not fit its schema (exit 2)"
    assert lines[1].startswith("meaning  The schema knows no such key")
    assert lines[2:] == ["wrong    tset: [aptos-2019]", "right    test: [aptos-2019]"]


def test_every_documented_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    text = (documents_folder() / "errors.md").read_text(encoding="utf-8")
    for code in re.findall(r"\*\*(MB\d{3})\*\*", text):
        assert main(["explain", code, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["code"] == code and found["about"]
        assert found["meaning"].endswith((".", "`")) and "wrong:" not in found["meaning"]
        # whoever writes a spec sees how it is written
        assert bool(found["wrong"] and found["right"]) == (code[2] in "234")


def test_an_unknown_code_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "MB2033"]) == 2
    error = capsys.readouterr().err
    assert "MB026" in error and "did you mean 'MB203'?" in error
