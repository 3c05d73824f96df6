"""Whatever a person writes into a spec, it is taken or refused with a place; nothing else happens."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medbench.errors import SpecError
from medbench.spec import Catalogue, benchmarks_folder, load_schema, load_task_file, resolve_task

TASK_IDS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "NEJM")
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.lists(st.integers(-1, 2), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip
CARDS = Catalogue().known
KNOWN = {
    key for part in json.dumps(load_schema("task")).split('"') if (key := part).replace("_", "").isalpha()
}
"""Every word of the schema: any of them may be a key somewhere."""
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@cache
def _value(task: str) -> dict[str, Any]:
    value = resolve_task(benchmarks_folder() / f"{task}.yaml").value
    return {key: item for key, item in value.items() if key not in ("extends", "reference")}


def _holders(value: Any) -> list[Any]:
    if not isinstance(value, dict | list):
        return []
    items = value.values() if isinstance(value, dict) else value
    return [value, *(holder for item in items for holder in _holders(item))]


def _load(folder: Path, value: Any) -> Any:
    file = folder / "X.yaml"
    file.write_text(json.dumps(value), encoding="utf-8")
    return load_task_file(file, CARDS)


@QUICK
@given(st.sampled_from(TASK_IDS), st.data())
def test_a_mutated_spec_loads_or_is_a_spec_error(tmp_path: Path, task: str, data: st.DataObject) -> None:
    value = copy.deepcopy(_value(task))
    holder = data.draw(st.sampled_from([h for h in _holders(value) if h]))
    key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
    if data.draw(st.booleans()):
        holder[key] = data.draw(JUNK)
    else:
        del holder[key]
    try:
        assert _load(tmp_path, value).digest
    except SpecError as fault:
        assert fault.code[:3] in ("MB1", "MB2", "MB3", "MB4")
        assert str(tmp_path / "X.yaml") in fault.where


@QUICK
@given(st.sampled_from(TASK_IDS), st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12), st.data())
def test_an_unknown_key_is_never_taken(tmp_path: Path, task: str, key: str, data: st.DataObject) -> None:
    value = copy.deepcopy(_value(task))
    holders = [h for h in _holders(value) if isinstance(h, dict)]
    # what these hold is named by the author
    free = [value["data"].get("options"), *value["data"].get("options", {}).values()]
    free += [value["data"].get("sources"), value["rulings"], value["prompt"].get("wordings")]
    free += [p["decodings"] for p in value["protocols"].values() if "decodings" in p]
    holder = data.draw(st.sampled_from([h for h in holders if not any(h is f for f in free)]))
    if key in holder or key in KNOWN:
        return
    holder[key] = data.draw(JUNK)
    with pytest.raises(SpecError) as caught:
        _load(tmp_path, value)
    assert caught.value.code[:3] in ("MB1", "MB2")


@QUICK
@given(st.text(max_size=60) | st.text("abn:[]{}&*!%<>?-|'\" \n\t#0.~", max_size=40))
def test_any_text_at_all(tmp_path: Path, text: str) -> None:
    file = tmp_path / "X.yaml"
    file.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    with pytest.raises(SpecError):
        load_task_file(file)


@QUICK
@given(st.sampled_from(TASK_IDS), st.data())
def test_a_damaged_file(tmp_path: Path, task: str, data: st.DataObject) -> None:
    original = (benchmarks_folder() / f"{task}.yaml").read_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    damaged = original[:at] + data.draw(st.binary(max_size=3)) + original[at + data.draw(st.integers(0, 3)) :]
    for name in ("_probe", "_paper", "_pathology", "_dermatology", "_ophthalmology", "_radiology"):
        (tmp_path / f"{name}.yaml").write_bytes((benchmarks_folder() / f"{name}.yaml").read_bytes())
    (tmp_path / "X.yaml").write_bytes(damaged)
    try:
        load_task_file(tmp_path / "X.yaml")
    except SpecError as fault:
        assert fault.where
