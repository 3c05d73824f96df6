"""Records on disk: validated, canonical, beside their replicates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.atomic import canonical_json, write_bytes, write_json
from medbench.errors import SpecError
from medbench.record.check import record_faults

__all__ = ["RECORD_SCHEMA", "Record", "find_records", "read_record", "write_record"]

RECORD_SCHEMA = "medbench.record/1"
RECORD_FILE = "record.json"
REPLICATES_FILE = "replicates.safetensors"


@dataclass(frozen=True)
class Record:
    """One record: its plain values and where they were read."""

    file: Path
    value: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical record."""
        return hashlib.sha256(canonical_json(self.value).encode()).hexdigest()

    @property
    def place(self) -> tuple[str, str]:
        """Task id and protocol."""
        return self.value["task"]["id"], self.value["task"]["protocol"]

    @property
    def primary(self) -> Mapping[str, Any]:
        """The row of ``metrics`` that ranks."""
        return self.metric(self.value["task"]["primary"])

    def metric(self, key: str) -> Mapping[str, Any]:
        """A row of ``metrics`` by its key.

        Raises:
            KeyError: there is none.
        """
        for row in self.value["metrics"]:
            if row["key"] == key:
                found: Mapping[str, Any] = row
                return found
        raise KeyError(key)

    def replicates(self) -> dict[str, NDArray[np.float64]]:
        """Replicate values float64 (replicates,) by metric key; NaN where a replicate leaves it undefined.

        Raises:
            SpecError: the file is missing (MB221), is not the one that the record was written with, or does
                not hold the record's metrics (MB222).
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        file = self.file.parent / REPLICATES_FILE
        if not file.is_file():
            raise SpecError("MB221", "the record's replicates are missing", where=str(file))
        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() != self.value["statistics"]["replicates_digest"]:
            raise SpecError("MB222", "these are not the replicates that the record names", where=str(file))
        try:
            found = dict(load(data))
        except (SafetensorError, ValueError, KeyError, TypeError) as fault:
            raise SpecError("MB222", f"not a safetensors file: {fault}", where=str(file)) from None
        if faults := _replicate_faults(self.value, found):
            raise SpecError("MB222", "; ".join(faults), where=str(file))
        return found


def write_record(
    folder: Path, value: Mapping[str, Any], replicates: Mapping[str, NDArray[np.float64]]
) -> Path:
    """Write replicates, then the record that names their digest.

    Args:
        value: the whole record but ``statistics.replicates_digest``, which is filled in here.

    Raises:
        SpecError: the record breaks its own schema; nothing is written then.
    """
    from safetensors.numpy import save

    values = {key: np.ascontiguousarray(replicates[key], dtype=np.float64) for key in sorted(replicates)}
    data = save(values)
    statistics = {**value["statistics"], "replicates_digest": hashlib.sha256(data).hexdigest()}
    complete = {**value, "statistics": statistics}
    file = folder / RECORD_FILE
    faults = record_faults(complete) or _replicate_faults(complete, values)
    if faults:
        raise SpecError("MB220", "; ".join(faults), where=str(file))
    write_bytes(folder / REPLICATES_FILE, data)
    write_json(file, complete)
    return file


def _replicate_faults(value: Mapping[str, Any], found: Mapping[str, NDArray[np.float64]]) -> list[str]:
    """Every metric has a replicate a draw, finite or NaN, and no array is without a metric."""
    keys = {row["key"] for row in value["metrics"]}
    shape = (value["statistics"]["replicates"],)
    faults = [f"replicates of {key!r} are missing" for key in sorted(keys - set(found))]
    for key, array in sorted(found.items()):
        if key not in keys:
            faults.append(f"replicates of {key!r} belong to no metric")
        elif array.dtype != np.float64 or array.shape != shape or np.isinf(array).any():
            faults.append(f"replicates of {key!r} are not {shape[0]} finite numbers or NaN")
    return faults


def read_record(file: Path) -> Record:
    """Read and validate one record.

    Raises:
        SpecError: it cannot be read (MB101), is not JSON (MB103), or not a record (MB220).
    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpecError("MB101", "no such record", where=str(file)) from None
    except OSError as fault:
        raise SpecError("MB101", f"cannot be read: {fault.strerror}", where=str(file)) from None
    except (ValueError, RecursionError) as fault:
        raise SpecError("MB103", f"not JSON: {fault}", where=str(file)) from None
    faults = record_faults(value)
    if faults:
        raise SpecError("MB220", "; ".join(faults[:5]), where=str(file))
    return Record(file, value)


def find_records(paths: Sequence[Path]) -> list[Record]:
    """Every record under files and folders, each once, sorted by task, protocol, model and digest.

    Raises:
        SpecError: a path does not exist, or holds no record.
    """
    found: dict[str, Record] = {}
    for path in paths:
        if not path.exists():
            raise SpecError("MB101", "no such file or folder", where=str(path))
        files = [path] if path.is_file() else sorted(path.rglob(RECORD_FILE))
        if not files:
            raise SpecError("MB223", f"holds no {RECORD_FILE}", where=str(path))
        for record in map(read_record, files):
            # of two copies the one that has its replicates beside it
            if record.digest not in found or (record.file.parent / REPLICATES_FILE).is_file():
                found[record.digest] = record
    return sorted(
        found.values(), key=lambda record: (*record.place, record.value["model"]["name"], record.digest)
    )
