"""Load a spec: parse, follow ``extends``, validate, resolve, digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medbench.spec.faults import Fault, Origin, raise_faults
from medbench.spec.meaning import meaning_faults
from medbench.spec.parse import Document, Key, parse_file
from medbench.spec.references import is_file, reference_faults, reference_file
from medbench.spec.schema import schema_faults
from medbench.spec.task import Task, build_task

__all__ = [
    "Resolved",
    "canonical_digest",
    "load_plain_file",
    "load_reference",
    "load_task_file",
    "resolve_file",
]

PROSE = {"title", "description", "reference", "extends", "schema"}
"""Keys of a task that cannot change a score; with every ``x-`` key they stay out of the digest."""


@dataclass(frozen=True)
class Resolved:
    """A spec after ``extends``: plain values and the place where each was written."""

    value: dict[str, Any]
    origins: dict[Key, Origin]


def resolve_file(file: Path) -> Resolved:
    """Parse ``file`` and complete it by what it extends; nearer values win, lists are replaced whole.

    Raises:
        SpecError: a file in the chain does not parse (MB1xx), is missing (MB301) or extends itself (MB302).
    """
    chain: list[Document] = [parse_file(file)]
    while (parent := _parent(chain[-1])) is not None:
        if any(document.file.resolve() == parent.resolve() for document in chain):
            where = chain[-1].origins[("extends",)]
            raise_faults([Fault(where, "MB302", f"{parent.name} extends itself")])
        chain.append(parse_file(parent))
    value: dict[str, Any] = {}
    origins: dict[Key, Origin] = {}
    for document in reversed(chain):
        _merge(value, document.value, origins, document.origins, ())
    return Resolved(value, origins)


def _parent(document: Document) -> Path | None:
    name = document.value.get("extends")
    if not isinstance(name, str):
        return None
    parent = document.file.parent / name
    if not is_file(parent):
        fault = Fault(document.origins[("extends",)], "MB301", f"extends {name!r}, which does not exist")
        raise_faults([fault])
    return parent


def _merge(
    into: dict[str, Any],
    update: dict[str, Any],
    origins: dict[Key, Origin],
    new: dict[Key, Origin],
    path: Key,
) -> None:
    if path in new:
        origins[path] = new[path]
    for key, value in update.items():
        here: Key = (*path, key)
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value, origins, new, here)
            continue
        for old in [p for p in origins if p[: len(here)] == here]:
            del origins[old]
        into[key] = value
        origins.update({p: origin for p, origin in new.items() if p[: len(here)] == here})


def load_task_file(file: Path, sources: Collection[str] | None = None) -> Task:
    """Load, validate and build one task.

    Args:
        sources: ids of the source cards there are; ``None`` does not look whether the task's have one.

    Raises:
        SpecError: all faults of the first stage that has any (schema MB2xx, references MB3xx, meaning MB4xx).
    """
    resolved = resolve_file(file)
    raise_faults(schema_faults("task", resolved.value, resolved.origins))
    raise_faults(reference_faults(resolved.value, resolved.origins, sources))
    raise_faults(meaning_faults(resolved.value, resolved.origins))
    return build_task(
        resolved.value,
        file,
        canonical_digest(resolved.value),
        reference_file(resolved.value, resolved.origins),
    )


def load_plain_file(file: Path, schema: str) -> dict[str, Any]:
    """Load and validate a ``suite``, ``source`` card or ``reference`` file; plain values.

    Raises:
        SpecError: it does not parse (MB1xx) or breaks its schema (MB2xx).
    """
    document = parse_file(file)
    raise_faults(schema_faults(schema, document.value, document.origins))
    return document.value


def load_reference(file: Path) -> list[dict[str, Any]]:
    """The published numbers in a reference file, one mapping a row."""
    rows: list[dict[str, Any]] = load_plain_file(file, "reference")["rows"]
    return rows


def canonical_digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the resolved values as canonical JSON, without prose, ``extends`` and ``x-`` keys."""
    kept = _without_notes({key: item for key, item in value.items() if key not in PROSE})
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _without_notes(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_notes(v) for k, v in value.items() if not str(k).startswith("x-")}
    if isinstance(value, list):
        return [_without_notes(item) for item in value]
    # 1 and 1.0 are the same choice, written differently
    return int(value) if isinstance(value, float) and value.is_integer() else value
