"""Protocols of the probe tasks on tiny checkpoints; what is not built is named, never left out in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

import medbench
from medbench.record import read_record


def _run(model: str, protocol: str, tasks: list[str], tmp_path: Path, **options):
    result = medbench.run(
        model,
        tasks=tasks,
        protocol=protocol,
        output=tmp_path / "runs",
        cache_dir=tmp_path / "cache",
        limit=60,
        **options,
    )
    assert not result.failed, result.failed
    return [read_record(path).value for path in result.records]


def test_standard_select_chooses_among_the_blocks(
    sample_root: Path, tiny_idefics: Path, tmp_path: Path
) -> None:
    args = {"model_args": {"path": str(tiny_idefics)}, "data_root": sample_root}
    [record] = _run("idefics-9b", "standard-select", ["T6"], tmp_path, **args)
    taps = record["selection"]["taps"]
    assert len(taps) > 1
    assert record["selection"]["tap"] == min(taps, key=lambda row: row["mean_log_loss"])["tap"]
    assert record["selection"]["configurations_scored_on_test"] == 1


@pytest.mark.parametrize("task", ["T6", "T7"])
def test_paper_has_its_own_probe_and_says_what_it_could_not_do(
    task: str, sample_root: Path, tiny_idefics: Path, tmp_path: Path
) -> None:
    args = {"model_args": {"path": str(tiny_idefics)}, "data_root": sample_root}
    [record] = _run("idefics-9b", "paper", [task], tmp_path, **args)
    said = " ".join(record["selection"]["warnings"])
    assert "there is no block 32 of" in said and "8-bit weights are not offered" in said
    assert record["selection"]["C"] is None and record["selection"]["C_grid"] == []
    [plain] = _run("image-stats", "paper", [task], tmp_path, data_root=sample_root)
    assert "block" not in " ".join(plain["selection"]["warnings"])


def test_what_is_not_built_is_named(sample_root: Path, tmp_path: Path) -> None:
    for protocol, said in (("paper-as-run", "draws of each model's own"), ("standard-select", "no protocol")):
        result = medbench.run(
            "idefics-9b", tasks=["NEJM", "T6"], protocol=protocol, data_root=sample_root,
            output=tmp_path, cache_dir=tmp_path, dry_run=True,
        )  # fmt: skip
        [nejm] = [row for row in result.not_run if row["task"] == "NEJM"]
        assert nejm["state"] == "unsupported" and said in nejm["reason"]
