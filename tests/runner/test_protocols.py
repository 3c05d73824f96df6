"""Protocols on tiny checkpoints; what a model cannot follow is named, never left out in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

import medbench
from medbench.record import read_record


def _run(model: str, protocol: str, tasks: list[str], tmp_path: Path, limit: int = 60, **options):
    result = medbench.run(
        model,
        tasks=tasks,
        protocol=protocol,
        output=tmp_path / "runs",
        cache_dir=tmp_path / "cache",
        limit=limit,
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
    said = " ".join(record["rulings"])
    assert "there is no block 32 of" in said
    assert record["model"]["identity"]["quantization"] == "int8", "where the plugin offers it"
    assert record["selection"]["C"] is None and record["selection"]["C_grid"] == []
    assert len(record["deviations"]) == 1, "the limit and nothing else"
    assert "matched" not in record["statistics"]
    assert record["reproduction"] == [], "no published number is of synthetic images"
    [plain] = _run("image-stats", "paper", [task], tmp_path, data_root=sample_root)
    assert plain["rulings"] == []


def test_nejm_with_the_published_scripts_prompt(
    sample_root: Path, tiny_idefics: Path, tmp_path: Path
) -> None:
    args = {"model_args": {"path": str(tiny_idefics)}, "data_root": sample_root}
    # 8-bit weights on a CPU take a second for 16 tokens
    [record] = _run("idefics-9b", "paper", ["NEJM"], tmp_path, limit=2, **args)
    [standard] = _run("idefics-9b", "standard", ["NEJM"], tmp_path, limit=2, **args)
    assert record["rulings"] == standard["rulings"] == []
    assert [v["model"]["identity"]["quantization"] for v in (record, standard)] == ["int8", "none"]
    assert standard["reproduction"] is None
    assert record["cohort"]["resample_key"] == standard["cohort"]["resample_key"]
    computed = [value["cost"]["rows_computed"] for value in (record, standard)]
    assert computed[0] == computed[1] > 0, "another prompt, other rows"


def test_paper_as_run_opens_the_attention_and_draws_for_each_model_alone(
    sample_root: Path, tiny_idefics: Path, tmp_path: Path
) -> None:
    args = {"model_args": {"path": str(tiny_idefics)}, "data_root": sample_root}
    [record] = _run("idefics-9b", "paper-as-run", ["T6"], tmp_path, **args)
    assert record["model"]["identity"]["attention_before_first_image"] == "open"
    assert len(record["deviations"]) == 1 and record["statistics"]["matched"] is False
    assert any("over train and test rows" in ruling for ruling in record["rulings"])
    # named by the user, the same; against the protocol, a deviation
    args["model_args"] = {"path": str(tiny_idefics), "attention_before_first_image": "masked"}
    [other] = _run("idefics-9b", "paper-as-run", ["T6"], tmp_path, **args)
    assert len(other["deviations"]) == 2 and "masked, the protocol says open" in other["deviations"][-1]
    files = sorted((tmp_path / "runs").rglob("record.json"))
    [row] = [row for row in medbench.compare(*files).rows if row.primary]
    assert (row.p, row.ci, row.matched) == (None, None, False) and row.paper_p is not None
    assert "draws of its own" in row.sentence("a", "b")


def test_a_protocol_that_a_task_does_not_have_is_named(sample_root: Path, tmp_path: Path) -> None:
    result = medbench.run(
        "idefics-9b", tasks=["NEJM", "T6"], protocol="standard-select", data_root=sample_root,
        output=tmp_path, cache_dir=tmp_path, dry_run=True,
    )  # fmt: skip
    [nejm] = [row for row in result.not_run if row["task"] == "NEJM"]
    assert nejm["state"] == "unsupported" and "no protocol" in nejm["reason"]
