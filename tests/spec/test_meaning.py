# ruff: noqa: E501 - a table of one fault a line
"""Contradictions inside one spec that need more than its keys: counts, protocols, rulings, metrics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.spec import Catalogue, benchmarks_folder, load_task_file

Faults = Callable[..., list[str]]


def _on(task: str, changes: str) -> str:
    return f"id: X1\nextends: {benchmarks_folder()}/{task}.yaml\n{changes}\n"


@pytest.mark.parametrize(
    ("task", "changes", "head"),
    [
        ("NEJM", "data: {exemplars: {count: 3}}", "MB409 2 exemplars are expected and 3 are shown"),
        ("T5", "metrics: {primary: roc_auc}", "3:11 MB410 'roc_auc' gives one number a class, and one number ranks; rank by roc_auc_mean"),
        ("T1", "metrics: {primary: f1}", "3:11 MB410 'f1' gives one number a class"),
        ("T4", "data: {split: {test_fraction: 0.4}}", "MB411 7081 of 33126 images are 21%, and the split says 40% is test"),
        ("T2", "data: {split: {train_fraction: 0.7}}", "MB411 1263 of 6234 images are 20%, and the split says 30%"),
        ("T4", "data: {expected: {test_range: [7500, 5700]}}", "MB415 the range falls from 7500 to 5700"),
        ("T4", "data: {expected: {test_range: [5700, 7000]}}", "MB415 7081 test images are expected, and the range is 5700 to 7000"),
        ("T4", "data: {expected: {test_range: [7082, 7100]}}", "MB415 7081 test images are expected, and the range is 7082 to 7100"),
        ("T4", "data: {expected: {tolerance: exact}}", "MB415 a range, and the counts are exact; set tolerance: sampled"),
        ("T3", "data: {split: {rule: by-group, group: image, test_fraction: 0.2}}", "3:8 MB402 a split, and no source is in both"),
        ("T1", "protocols: {paper: {probe: {solver: {encoders: lbfgs}}}}", "MB408 encoders are fitted by lbfgs, and the settings of lbfgs are missing; add probe.lbfgs"),
        ("T1", "protocols: {standard-select: {tap: {decoder_block: 3}}}", "MB408 a block is named, so there are no depths"),
        ("T1", "protocols: {paper: {tap: {decoder_depth: [0.1, 0.2]}}}", "MB408 several depths are chosen from by validation"),
        ("NEJM", "protocols: {standard: {decodings: {greedy-1: {tries: 3}}}}", "MB404 3 tries of a greedy decoding are all the same"),
        ("T7", "data: {label: {multilabel: false}}", "MB406 a rule picks labels of a multilabel task"),
        ("T1", "rulings: {C1: {at: data.expcted.test}}", "3:16 MB412 ruling C1 is about data.expcted.test, which is not there; did you mean 'expected'?"),
        ("T1", "rulings: {C1: {is: 7158}}", "3:16 MB412 ruling C1 says data.expected.test is 7158, and it is 7180"),
    ],
)  # fmt: skip
def test_contradictions(task: str, changes: str, head: str, faults: Faults) -> None:
    found = faults(text=_on(task, changes))
    own = [line for line in found if head.partition("MB")[2][:3] in line]
    assert any(head in line for line in own)


def test_a_variant_that_decides_otherwise_must_say_why(tmp_path: Path) -> None:
    file = tmp_path / "X1.yaml"
    why = "rulings: {C4: {is: more-than-ten, not: ten-or-more, because: the paper's prose}}"
    change = "data: {options: {pannuke: {neoplastic: more-than-ten}}}"
    file.write_text(_on("T2", f"{change}\n{why}"))
    variant, shipped = load_task_file(file), Catalogue().task("T2")
    assert variant.digest != shipped.digest


def test_a_share_is_not_held_against_what_a_second_test_source_adds() -> None:
    assert Catalogue().task("T5").data.expected["test"] == 18740
