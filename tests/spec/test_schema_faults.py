"""Schema faults: all together, sorted, each at its key, with the nearest name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from medbench.spec import load_schema, load_task_file

Faults = Callable[..., list[str]]
SCHEMAS = ("task", "suite", "source", "reference", "config", "record", "leaderboard")
WRITTEN_BY_HAND = ("task", "suite", "source", "reference", "config")


def test_unknown_key_with_a_near_match(faults: Faults) -> None:
    found = faults(("tolerance: exact}", "tolerance: exact, tets: 1}"))
    assert found == ["10:52 MB203 unknown key 'tets'; did you mean 'test'?"]


def test_unknown_key_without_one_names_what_is_known(faults: Faults) -> None:
    [found] = faults(("normalise: none", "normalise: none, zzz: 1"))
    assert found.startswith("11:42 MB203 unknown key 'zzz'; known: max_side, normalise")


@pytest.mark.parametrize(
    ("old", "new", "head"),
    [
        ("  test: [{", "  tset: [{", "8:3 MB203 unknown key 'tset'; did you mean 'test'?"),
        ("kind: probe", "knid: probe", "3:1 MB203 unknown key 'knid'; did you mean 'kind'?"),
        ("metrics: {", "metrisc: {", "14:1 MB203 unknown key 'metrisc'; did you mean 'metrics'?"),
    ],
)
def test_a_misspelt_key_that_hides_a_required_one_is_one_fault(
    old: str, new: str, head: str, faults: Faults
) -> None:
    assert faults((old, new)) == [head]


def test_a_missing_key_says_what_it_is(faults: Faults) -> None:
    [found] = faults(("  test: [{source: oai, parts: [b]}]\n", ""))
    assert found.startswith("6:1 MB202 missing key 'test'; it says: ")


@pytest.mark.parametrize(
    ("old", "new", "head"),
    [
        ("kind: probe", "kind: prob", "3:1 MB205 kind is \"prob\"; did you mean 'probe'?"),
        ("discipline: radiology", "discipline: no", '5:1 MB205 discipline is "no"; known: '),
        ("medbench.task/1", "medbench.task/2", "1:1 MB205 schema is"),
        ("max_side: 1024", 'max_side: "1024"', '11:9 MB204 image.max_side is "1024", expected integer'),
        ("max_side: 1024", "max_side: 1024.0", "11:9 MB204 image.max_side is 1024.0, expected integer"),
        ("max_side: 1024", "max_side: true", "11:9 MB204 image.max_side is true, expected integer"),
        ("max_side: 1024", "max_side: ~", "11:9 MB204 image.max_side is null, expected integer"),
        ("max_side: 1024", "max_side: 3", "11:9 MB207 image.max_side: 3 is less than the minimum of 16"),
        ("title: A task", "title: 2024", "4:1 MB204 title is 2024, expected string"),
        (
            'classes: ["left", "right"]',
            "classes: [0, 1]",
            "9:35 MB204 data.label.classes.0 is 0, expected string",
        ),
        ("report: [roc_auc]", "report: roc_auc", '14:29 MB204 metrics.report is "roc_auc", expected array'),
        ("id: X1", "id: X 1", "2:1 MB207 id: "),
        ("  standard:", "  standrad:", "16:3 MB203 unknown key 'standrad'; did you mean 'standard'?"),
        ("image: {", "strata: {}\nimage: {", "11:1 MB206 strata has no meaning here"),
    ],
)
def test_wrong_values(old: str, new: str, head: str, faults: Faults) -> None:
    found = faults((old, new))
    assert found[0].startswith(head)


def test_all_faults_together_and_sorted(faults: Faults) -> None:
    found = faults(("seed: 1", "seed: -1"), ("title: A task", "titel: A task"), ("folds: 5", "folds: five"))
    assert [line.split()[:2] for line in found] == [["4:1", "MB203"], ["13:32", "MB207"], ["20:48", "MB204"]]


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ("{rule: by-group, rounding: floor, seed: 1, group: patient}", ["MB202 missing key 'test_fraction'"]),
        ("{rule: stratified, rounding: floor, seed: 1, train_fraction: 0.5, strata: [a], group: patient}",
         ["MB206 data.split.group has no meaning here"]),
        ("{rule: by-group, rounding: floor, seed: 1, group: image, test_fraction: 0.5, train_fraction: 0.5}",
         ["MB206 data.split.train_fraction has no meaning here"]),
        ("{ruel: by-group, rounding: floor, seed: 1, group: patient, test_fraction: 0.5}",
         ["MB203 unknown key 'ruel'"]),
    ],
)  # fmt: skip
def test_each_split_rule_has_keys_of_its_own(split: str, said: list[str], faults: Faults) -> None:
    found = faults(("  expected:", f"  split: {split}\n  expected:"))
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


def test_notes_of_ones_own_are_free_at_every_level(write: Callable[..., Path]) -> None:
    changes = [
        ("id: X1", "id: X1\nx-why: {a: [1]}"),
        ("{max_side", "{x-1: .5, max_side"),
        ("tap: {", "tap: {x-: no, "),
    ]
    assert load_task_file(write(*changes)).id == "X1"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_property_has_a_description_and_examples(name: str) -> None:
    for path, schema in _properties(load_schema(name), ()):
        assert schema.get("description") and schema.get("examples"), path


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_are_valid(name: str) -> None:
    from jsonschema import Draft7Validator

    definitions = load_schema(name).get("definitions", {})
    wrong = [
        (path, example)
        for path, schema in _properties(load_schema(name), ())
        for example in schema.get("examples", ())
        if not Draft7Validator({**schema, "definitions": definitions}).is_valid(example)
    ]
    assert not wrong


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_what_may_be_left_out_has_a_default(name: str) -> None:
    """``null`` where leaving out means "none"."""
    lost = [
        (path, key)
        for path, schema in _objects(load_schema(name), ())
        for key, described in schema.get("properties", {}).items()
        if key not in _required(schema) and "default" not in described and "not" not in described
    ]
    assert not lost


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_object_is_closed_or_says_what_it_holds(name: str) -> None:
    def walk(schema: Any) -> Iterator[Any]:
        if isinstance(schema, dict):
            yield schema
            for value in schema.values():
                yield from walk(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from walk(value)

    open_ones = [s for s in walk(load_schema(name)) if "properties" in s and s.get("type") == "object"
                 and s.get("additionalProperties", True) is True]  # fmt: skip
    assert not open_ones, json.dumps(open_ones)[:300]


def _required(schema: dict[str, Any]) -> set[str]:
    """Keys that every object, or one branch of it, must have."""
    branches = [part.get("then", {}) for part in schema.get("allOf", ())]
    return {key for part in (schema, *branches) for key in part.get("required", ())}


def _objects(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from _objects(value, (*path, key)) if key not in ("examples", "default", "if") else ()
    elif isinstance(schema, list):
        for part in schema:
            yield from _objects(part, path)


def _properties(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if not isinstance(schema, dict):
        return
    for key, value in schema.get("properties", {}).items():
        if "not" not in value and "$ref" not in value and set(value) != {"const"}:
            yield (*path, key), value
            yield from _properties(value, (*path, key))
    for key in ("items", "additionalProperties", "then", "else"):
        yield from _properties(schema.get(key), path)
    for part in schema.get("allOf", ()):
        yield from _properties(part, path)
    for name, part in schema.get("definitions", {}).items():
        yield (name,), part
        yield from _properties(part, (name,))
