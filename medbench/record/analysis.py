"""An analysis on disk: one declared variation of one record, validated and atomic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medbench.atomic import write_json
from medbench.errors import RunError, SpecError
from medbench.spec import load_schema

__all__ = ["ANALYSIS_SCHEMA", "read_analysis", "write_analysis"]

ANALYSIS_SCHEMA = "medbench.analysis/1"


def write_analysis(file: Path, value: Mapping[str, Any]) -> None:
    """Write an analysis.

    Raises:
        RunError: it breaks its own schema (MB807); nothing is written then.
    """
    faults = _faults(value)
    if faults:
        raise RunError("MB807", "; ".join(faults[:5]), where=str(file))
    write_json(file, value)


def read_analysis(file: Path) -> dict[str, Any]:
    """Read and validate an analysis.

    Raises:
        SpecError: it cannot be read (MB101), is not JSON (MB103), or is no analysis (MB224).
    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise SpecError("MB101", f"cannot be read: {fault.strerror}", where=str(file)) from None
    except (ValueError, RecursionError) as fault:
        raise SpecError("MB103", f"not JSON: {fault}", where=str(file)) from None
    faults = _faults(value)
    if faults:
        raise SpecError("MB224", "; ".join(faults[:5]), where=str(file))
    return dict(value)


def _faults(value: Any) -> list[str]:
    from jsonschema import Draft7Validator

    errors = Draft7Validator(load_schema("analysis")).iter_errors(value)
    return sorted(
        f"{'.'.join(map(str, error.absolute_path)) or 'analysis'}: {error.message[:200]}" for error in errors
    )
