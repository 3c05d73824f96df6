"""Files that extend no other: source cards and the numbers of a publication."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench.spec.defaults import fill_defaults
from medbench.spec.faults import raise_faults
from medbench.spec.parse import parse_file
from medbench.spec.schema import load_schema, schema_faults

__all__ = ["load_plain_file", "load_reference"]


def load_plain_file(file: Path, schema: str) -> dict[str, Any]:
    """Load and validate a ``suite``, ``source`` card or ``reference`` file; plain values with defaults.

    Raises:
        SpecError: it does not parse (MB1xx) or breaks its schema (MB2xx).
    """
    document = parse_file(file)
    raise_faults(schema_faults(schema, document.value, document.origins))
    fill_defaults(document.value, load_schema(schema))
    return document.value


def load_reference(file: Path) -> list[dict[str, Any]]:
    """The published scores in a reference file, one mapping a row, each with its ``tolerance``."""
    value = load_plain_file(file, "reference")
    absent = dict.fromkeys(("ci_low", "ci_high", "p", "runs_as", "decoding"))
    return [{**absent, "tolerance": value["tolerance"], **row} for row in value["rows"]]
