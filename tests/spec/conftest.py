"""Small specs to break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.errors import SpecError
from medbench.spec import benchmarks_folder, load_task_file

TASK_IDS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "NEJM")

PROBE = """\
schema: medbench.task/1
id: X1
kind: probe
title: A task
discipline: radiology
data:
  train: [{source: oai, parts: [a]}]
  test: [{source: oai, parts: [b]}]
  label: {column: side, classes: ["left", "right"]}
  expected: {train: 10, test: 5, tolerance: exact}
image: {max_side: 1024, normalise: none}
prompt: {wordings: {general: What?}, order: image-first}
statistics: {replicates: 1000, seed: 1, level: 0.95}
metrics: {primary: roc_auc, report: [roc_auc]}
protocols:
  standard:
    tap: {decoder_depth: 0.4, token: last, encoder_output: pooled}
    probe:
      solver: {decoders: lbfgs, encoders: lbfgs}
      lbfgs: {standardise: train, C: [0.1, 1], folds: 5, select: one-standard-error, max_iter: 9, tol: 0.1}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a spec, some of its text replaced."""

    def _write(*changes: tuple[str, str], text: str = PROBE, name: str = "X1.yaml") -> Path:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return _write


@pytest.fixture
def faults(write: Callable[..., Path]) -> Callable[..., list[str]]:
    """``line:col CODE message`` of every fault of the small spec with some of its text replaced."""

    def _faults(*changes: tuple[str, str], text: str = PROBE) -> list[str]:
        file = write(*changes, text=text)
        with pytest.raises(SpecError) as caught:
            load_task_file(file)
        return heads(caught.value, file.parent)

    return _faults


def heads(error: SpecError, folder: Path) -> list[str]:
    """The first line of each fault, without the folder."""
    lines = str(error).replace(f"{folder}/", "").replace(": MB", " MB", 1).splitlines()
    return [line.removeprefix("X1.yaml:") for line in lines if line and not line.startswith(" ")]


@pytest.fixture(params=TASK_IDS)
def task_file(request: pytest.FixtureRequest) -> Path:
    """Each of the nine specs."""
    return benchmarks_folder() / f"{request.param}.yaml"
