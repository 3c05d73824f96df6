"""The digest changes with every value that can change a score, and with nothing else."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medbench.spec import load_task_file, resolve_task
from medbench.spec.load import canonical_digest

PROSE = {"schema", "title", "description", "extends", "reference", "rulings"}


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if items is None:
        yield path
    else:
        for key, item in items:
            yield from _leaves(item, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    result = copy.deepcopy(value)
    holder = result
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return result


def _other(holder: Any, key: Any) -> None:
    old = holder[key]
    holder[key] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int | float) else f"{old}."


def _remove(holder: Any, key: Any) -> None:
    del holder[key]


def _is_prose(path: tuple[Any, ...]) -> bool:
    return path[0] in PROSE or any(str(key).startswith("x-") for key in path)


def test_every_leaf_counts_and_prose_does_not(task_file: Path) -> None:
    value = resolve_task(task_file).value
    digest = canonical_digest(value)
    leaves = list(_leaves(value))
    assert sum(not _is_prose(path) for path in leaves) > 30
    for path in leaves:
        for change in (_other, _remove):
            changed = canonical_digest(_changed(value, path, change)) != digest
            assert changed is not _is_prose(path), path


LOCAL = """\
id: X1
extends: medbench:_probe.yaml
schema: medbench.task/1
title: Mine
discipline: other
data:
  train: [mine]
  test: [mine]
  sources: {mine: {reader: image-csv, table: t.csv, patient: p, split: s, lists: {f: {columns: [a, b]}}}}
  label: {column: grade, classes: ["0", "1"]}
  split: {rule: by-group, group: patient, test_fraction: 0.3}
metrics: {primary: roc_auc, report: [roc_auc]}
"""


def test_every_setting_of_a_data_set_of_ones_own_counts(write: Callable[..., Path]) -> None:
    value = resolve_task(write(text=LOCAL)).value
    digest = canonical_digest(value)
    leaves = [path for path in _leaves(value) if path[:2] == ("data", "sources")]
    assert {path[3] for path in leaves} >= {"reader", "table", "image", "folder", "missing", "lists", "title"}
    for path in leaves:
        changed = canonical_digest(_changed(value, path, _other)) != digest
        assert changed is (path[3] not in ("title", "licence", "egress", "publish", "cite")), path


def test_order_counts_in_lists_and_not_in_mappings(task_file: Path) -> None:
    value = resolve_task(task_file).value
    turned = copy.deepcopy(value)
    turned["metrics"] = dict(reversed(turned["metrics"].items()))
    assert canonical_digest(dict(reversed(turned.items()))) == canonical_digest(value)
    turned["metrics"]["report"] = turned["metrics"]["report"][::-1]
    assert canonical_digest(turned) != canonical_digest(value)


def test_one_and_one_point_nought_are_the_same(write: Callable[..., Path]) -> None:
    digests = [
        load_task_file(write(("C: [0.1, 1]", f"C: [0.1, {one}]"))).digest for one in ("1", "1.0", "1e0")
    ]
    assert len(set(digests)) == 1


def test_numbers_too_large_for_a_float_are_told_apart() -> None:
    assert canonical_digest({"seed": 2**60}) != canonical_digest({"seed": 2**60 + 1})
    assert len(canonical_digest({"seed": 10**400})) == 64
    assert canonical_digest({"a": True}) != canonical_digest({"a": 1}) != canonical_digest({"a": "1"})


def test_notes_comments_and_layout_do_not_count(write: Callable[..., Path]) -> None:
    plain = load_task_file(write()).digest
    noted = write(
        ("title: A task", 'title: "Another"  # a comment\ndescription: words\nx-a: [1]'),
        ("{max_side: 1024, normalise: none}", "\n  x-b: why\n  normalise: 'none'\n  max_side: 1024"),
    )
    assert load_task_file(noted).digest == plain


def test_what_is_moved_into_an_extended_file_keeps_the_digest(write: Callable[..., Path]) -> None:
    whole = load_task_file(write()).digest
    line = "statistics: {replicates: 1000, seed: 1, level: 0.95}\n"
    write(text=line, name="_base.yaml")
    assert load_task_file(write((line, "extends: _base.yaml\n"))).digest == whole
