"""What a spec leaves out comes from the schema, is known as such, and counts like what is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from medbench.spec import benchmarks_folder, load_schema, load_task_file, resolve_task
from medbench.spec.defaults import fill_defaults

Write = Callable[..., Path]


def test_values_that_nobody_wrote(write: Write) -> None:
    file = write(("statistics: {replicates: 1000, seed: 1, level: 0.95}\n", "statistics: {seed: 1}\n"))
    resolved = resolve_task(file)
    assert resolved.value["statistics"] == {"replicates": 1000, "seed": 1, "level": 0.95}
    assert ("statistics", "level") in resolved.defaults
    assert ("statistics", "seed") not in resolved.defaults
    assert ("protocols", "standard", "probe", "lbfgs", "class_weight") in resolved.defaults


def test_a_default_written_out_is_the_same_choice(write: Write) -> None:
    short = load_task_file(write(("image: {max_side: 1024, normalise: none}\n", "")))
    assert short.digest == load_task_file(write()).digest


def test_none_adds_nothing(write: Write) -> None:
    value = resolve_task(write()).value
    assert "split" not in value["data"] and "strata" not in value
    assert "decoder_block" not in value["protocols"]["standard"]["tap"]


@pytest.mark.parametrize("task", ["T1", "T5", "T7", "NEJM"])
def test_a_completed_spec_is_valid_and_complete(task: str) -> None:
    value = resolve_task(benchmarks_folder() / f"{task}.yaml").value
    assert not list(Draft7Validator(load_schema("task")).iter_errors(value))
    assert fill_defaults(value, load_schema("task")) == set()


SCHEMA: dict[str, Any] = {
    "properties": {
        "kind": {},
        "near": {"properties": {"n": {"default": 1}}, "default": {}},
        "many": {"items": {"$ref": "#/definitions/one"}},
    },
    "additionalProperties": {"properties": {"z": {"default": []}}},
    "allOf": [
        {
            "if": {"properties": {"kind": {"const": "a"}}},
            "then": {"properties": {"only": {"default": "a"}}},
            "else": {"properties": {"other": {"default": None}}},
        }
    ],
    "definitions": {"one": {"properties": {"m": {"default": 2}}}},
}


@given(
    st.sampled_from(["a", "b"]),
    st.lists(st.dictionaries(st.sampled_from("mk"), st.integers(), max_size=2), max_size=3),
    st.booleans(),
)
def test_everything_written_stays_and_only_defaults_are_added(
    kind: str, many: list[dict[str, int]], free: bool
) -> None:
    value: dict[str, Any] = {"kind": kind, "many": [dict(one) for one in many]} | (
        {"free": {}} if free else {}
    )
    added = fill_defaults(value, SCHEMA)
    assert value["near"] == {"n": 1} and ("near",) in added and ("near", "n") in added
    assert [one["m"] for one in value["many"]] == [one.get("m", 2) for one in many]
    assert ("only" in value) == (kind == "a") and "other" not in value
    assert not free or value["free"] == {"z": []}
    assert fill_defaults(value, SCHEMA) == set()
