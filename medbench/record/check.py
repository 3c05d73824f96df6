"""What makes a record valid: its schema, and sums that a schema cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from medbench.spec import load_schema

__all__ = ["record_faults"]


def record_faults(value: Any) -> list[str]:
    """One line a fault; empty for a valid record."""
    from jsonschema import Draft7Validator

    not_finite = [f"{where}: {number} is not a number" for where, number in _not_finite(value, "record")]
    if not_finite:
        return not_finite
    errors = sorted(
        Draft7Validator(load_schema("record")).iter_errors(value), key=lambda e: list(map(str, e.path))
    )
    if errors:
        return [
            f"{'.'.join(map(str, error.absolute_path)) or 'record'}: {error.message[:200]}"
            for error in errors
        ]
    return _sums(value)


def _not_finite(value: Any, where: str) -> Iterator[tuple[str, float]]:
    """NaN and infinities, which JSON does not have and Python's reader and JSON Schema let pass."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        items = enumerate(value)
    elif isinstance(value, float) and not math.isfinite(value):
        yield where, value
    for key, item in items:
        yield from _not_finite(item, f"{where}.{key}".removeprefix("record."))


def _sums(value: Mapping[str, Any]) -> list[str]:
    faults = []
    coverage = value["coverage"]
    if coverage["n_spec"] != sum(coverage[key] for key in ("n_scored", "n_unparsed", "n_refused", "n_error")):
        faults.append("coverage: n_spec is not the sum of what became of the rows")
    keys = [row["key"] for row in value["metrics"]]
    if len(set(keys)) != len(keys):
        faults.append("metrics: a key stands twice")
    if value["task"]["primary"] not in keys:
        faults.append(f"task.primary: {value['task']['primary']!r} is not among the metrics")
    for row in value["metrics"]:
        if row["ci"] is not None and row["ci"][0] > row["ci"][1]:
            faults.append(f"metrics: the interval of {row['key']!r} is upside down")
    if (value["division"] == "official") != (not value["deviations"]):
        faults.append("division: official means no deviation, and open at least one")
    return faults
