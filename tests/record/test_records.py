"""Records on disk: valid, canonical, whole, and bound to their replicates."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medbench.atomic import canonical_json
from medbench.errors import SpecError
from medbench.record import find_records, read_record, record_faults, write_record

Value = dict[str, Any]


def _code(call: Callable[..., object], *arguments: object) -> tuple[str, str]:
    with pytest.raises(SpecError) as caught:
        call(*arguments)
    return caught.value.code, f"{caught.value.where}: {caught.value.message}"


def test_round_trip(value: Value, replicates, tmp_path: Path) -> None:
    file = write_record(tmp_path / "a", value, replicates)
    record = read_record(file)
    assert {path.name for path in file.parent.iterdir()} == {"record.json", "replicates.safetensors"}
    digest = record.value["statistics"]["replicates_digest"]
    assert record.value == {**value, "statistics": {**value["statistics"], "replicates_digest": digest}}
    np.testing.assert_array_equal(record.replicates()["roc_auc"], replicates["roc_auc"])
    assert record.primary["value"] == 0.875
    assert record.place == (value["task"]["id"], value["task"]["protocol"])
    with pytest.raises(KeyError):
        record.metric("f1")


def test_the_bytes_depend_on_the_values_alone(value: Value, replicates, tmp_path: Path) -> None:
    turned = {key: value[key] for key in reversed(value)}
    files = [write_record(tmp_path / name, v, replicates) for name, v in (("a", value), ("b", turned))]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_text() == canonical_json(json.loads(files[0].read_text()))
    assert read_record(files[0]).digest == read_record(files[1]).digest


def test_replicates_of_another_record_are_refused(value: Value, replicates, tmp_path: Path) -> None:
    file = write_record(tmp_path / "a", value, replicates)
    other = write_record(tmp_path / "b", value, {"roc_auc": replicates["roc_auc"] + 0.1})
    beside = file.parent / "replicates.safetensors"
    beside.write_bytes((other.parent / beside.name).read_bytes())
    assert _code(read_record(file).replicates) == (
        "MB222", f"{beside}: these are not the replicates that the record names",
    )  # fmt: skip
    beside.unlink()
    assert _code(read_record(file).replicates) == ("MB221", f"{beside}: the record's replicates are missing")


@pytest.mark.parametrize("data", [b"", b"not safetensors", b"\xff" * 64])
def test_replicates_that_are_no_such_file(data: bytes, value: Value, replicates, tmp_path: Path) -> None:
    import hashlib

    file = write_record(tmp_path, value, replicates)
    forged = json.loads(file.read_text())
    forged["statistics"]["replicates_digest"] = hashlib.sha256(data).hexdigest()
    file.write_text(json.dumps(forged))
    (tmp_path / "replicates.safetensors").write_bytes(data)
    assert _code(read_record(file).replicates)[0] == "MB222"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "replicates of 'roc_auc' are missing"),
        ({"roc_auc": np.zeros(49)}, "replicates of 'roc_auc' are not 50 finite numbers or NaN"),
        ({"roc_auc": np.full(50, np.inf)}, "not 50 finite numbers"),
        ({"roc_auc": np.zeros(50), "f1": np.zeros(50)}, "replicates of 'f1' belong to no metric"),
    ],
)
def test_replicates_that_do_not_fit_are_not_written(
    change: dict[str, np.ndarray], said: str, value: Value, tmp_path: Path
) -> None:
    code, message = _code(write_record, tmp_path, value, change)
    assert code == "MB220" and said in message
    assert not list(tmp_path.iterdir())


def _at(value: Value, path: str, new: Any) -> Value:
    changed = copy.deepcopy(value)
    holder: Any = changed
    *parents, last = path.split(".")
    for key in parents:
        holder = holder[int(key) if isinstance(holder, list) else key]
    if new is None and last not in ("value",):
        del holder[last]
    else:
        holder[last] = new
    return changed


FAULTS = [
    ("coverage.n_scored", 8, "coverage: n_spec is not the sum"),
    ("coverage.n_error", -1, "coverage.n_error: -1 is less than the minimum"),
    ("division", "open", "division: official means no deviation"),
    ("deviations", ["limited"], "division: official means no deviation"),
    ("task.primary", "f1", "task.primary: 'f1' is not among the metrics"),
    ("metrics.0.ci", [0.9, 0.8], "the interval of 'roc_auc' is upside down"),
    ("metrics.0.value", "0.9", "metrics.0.value: '0.9' is not of type"),
    ("metrics.0.value", float("nan"), "metrics.0.value: nan is not a number"),
    ("metrics.0.ci", [0.1, float("inf")], "metrics.0.ci.1: inf is not a number"),
    ("cost.seconds", float("nan"), "cost.seconds: nan is not a number"),
    ("metrics", [], "metrics: "),
    ("task.id", None, "task: 'id' is a required property"),
    ("cohort.counts", {}, "cohort.counts: 'test' is a required property"),
    ("model.name", 7, "model.name: 7 is not of type"),
    ("created", "2024-01-01 00:00", "created: "),
    ("trust", "reproduced", "record: 'trust' does not match"),
    ("schema", "medbench.record/2", "schema: 'medbench.record/1' was expected"),
]


@pytest.mark.parametrize(("path", "new", "said"), FAULTS, ids=[f"{f[0]}={f[1]}" for f in FAULTS])
def test_faults(path: str, new: Any, said: str, value: Value, replicates, tmp_path: Path) -> None:
    whole = write_record(tmp_path / "whole", value, replicates)
    changed = _at(json.loads(whole.read_text()), path, new)
    assert any(said in fault for fault in record_faults(changed))
    code, message = _code(write_record, tmp_path / "a", _at(value, path, new), replicates)
    assert code == "MB220" and said in message
    assert not (tmp_path / "a").exists(), "nothing is written of a record that is not valid"
    whole.write_text(json.dumps(changed))
    assert _code(read_record, whole) == ("MB220", f"{whole}: {message.partition(': ')[2]}")


def test_a_metric_key_stands_once(value: Value, replicates, tmp_path: Path) -> None:
    value["metrics"] *= 2
    assert "a key stands twice" in _code(write_record, tmp_path, value, replicates)[1]


def test_a_failing_write_leaves_the_old_record(value: Value, replicates, tmp_path: Path, monkeypatch) -> None:
    file = write_record(tmp_path, value, replicates)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SpecError):
        write_record(tmp_path, _at(value, "metrics.0.value", float("nan")), {"roc_auc": np.zeros(50)})
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before

    def full(path: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_record(tmp_path, value, {"roc_auc": np.zeros(50)})
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert read_record(file).replicates()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "MB103"),
        (b"{", "MB103"),
        (b"\xff\xfe", "MB103"),
        (b"[" * 100_000, "MB103"),
        (b"[]", "MB220"),
        (b"7", "MB220"),
        (b"{}", "MB220"),
        (b'{"a": NaN}', "MB220"),
        (b'{"a": 1e999}', "MB220"),
    ],
)
def test_what_is_no_record(data: bytes, code: str, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_bytes(data)
    found, message = _code(read_record, file)
    assert found == code and message.startswith(str(file))


def test_missing_files_and_empty_folders(tmp_path: Path) -> None:
    assert _code(read_record, tmp_path / "record.json")[0] == "MB101"
    assert _code(read_record, tmp_path)[0] == "MB101"
    assert _code(find_records, [tmp_path / "nowhere"])[0] == "MB101"
    assert _code(find_records, [tmp_path])[0] == "MB223"


def test_each_record_is_found_once_and_in_order(value: Value, replicates, tmp_path: Path) -> None:
    b = write_record(tmp_path / "b", _at(value, "model.name", "a-model"), replicates)
    a = write_record(tmp_path / "a", _at(value, "model.name", "b-model"), replicates)
    copied = tmp_path / "0-copy" / "record.json"
    copied.parent.mkdir()
    copied.write_bytes(b.read_bytes())
    for paths in ([tmp_path], [b, a, tmp_path], [tmp_path / "b", tmp_path / "a", copied]):
        found = find_records(paths)
        assert [record.file for record in found] == [b, a]
        assert [record.value["model"]["name"] for record in found] == ["a-model", "b-model"]
