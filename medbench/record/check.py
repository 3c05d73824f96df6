"""What makes a record valid: its schema, and sums that a schema cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medbench.spec import load_schema

__all__ = ["record_faults"]


def record_faults(value: Any) -> list[str]:
    """One line a fault; empty for a valid record."""
    from jsonschema import Draft7Validator

    errors = sorted(
        Draft7Validator(load_schema("record")).iter_errors(value), key=lambda e: list(map(str, e.path))
    )
    if errors:
        return [
            f"{'.'.join(map(str, error.absolute_path)) or 'record'}: {error.message[:200]}"
            for error in errors
        ]
    return _sums(value)


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
    if (value["division"] == "official") != (not value["deviations"]):
        faults.append("division: official means no deviation, and open at least one")
    return faults
