"""Keys that begin with x- are notes, wherever they stand: never read, never hashed, never a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.errors import SpecError
from medbench.spec import Catalogue
from medbench.spec.config import load_config
from medbench.spec.suite import load_suite

TASK = """\
extends: medbench:_probe.yaml
schema: medbench.task/1
id: Own
title: Mine
discipline: other
x-why: {because: [1, 2]}
prompt: {wordings: {general: "What?", x-mine: "Which?"}}
data:
  x-note: text
  train: [mine]
  test: [mine]
  sources:
    mine: {reader: image-csv, table: t.csv, lists: {x-f: {column: g}}, x-a: 1}
    x-other: why there is no other
  label: {column: grade, classes: ["0", "1"]}
  split: {rule: by-group, group: image, test_fraction: 0.3}
metrics: {primary: roc_auc, report: [roc_auc]}
"""


def _digest(folder: Path, text: str) -> str:
    (folder / "Own.yaml").write_text(text)
    return Catalogue((folder,)).task("Own").digest


def test_no_note_is_read_wherever_it_stands(tmp_path: Path) -> None:
    first = _digest(tmp_path, TASK)
    without = "\n".join(line for line in TASK.splitlines() if "x-other" not in line and "x-why" not in line)
    plain = without.replace(", x-a: 1", "").replace('x-mine: "Which?"', 'x-mine: "Who?"')
    assert _digest(tmp_path, plain) == first
    assert "x-" not in str(Catalogue((tmp_path,)).task("Own").resolved)


def test_a_note_cannot_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="MB315 no wording 'x-mine'"):
        _digest(tmp_path, TASK.replace("prompt: {", "prompt: {wording: x-mine, "))


def test_in_suites_and_settings(tmp_path: Path) -> None:
    suite = tmp_path / "s.yaml"
    suite.write_text(
        "schema: medbench.suite/1\nid: s\ntitle: S\ntasks: [T1]\n"
        "analyses: {x-note: why, x-subgroups: {columns: [a]}}\n"
    )
    assert load_suite(suite)["analyses"] == {}
    settings = tmp_path / "medbench.toml"
    settings.write_text(
        'x-a = 1\n[sources]\nx-note = "hello"\n[models]\nx-a = 3\n[models.clip-vit-b-32]\nx-b = 1\n'
    )
    assert load_config(settings).sources == {}
