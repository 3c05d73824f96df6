"""Load a spec: parse, follow ``extends``, validate, resolve, digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from medbench.spec.defaults import fill_defaults
from medbench.spec.extend import Resolved, resolve_file
from medbench.spec.faults import raise_faults
from medbench.spec.meaning import meaning_faults
from medbench.spec.references import Known, reference_faults, reference_file
from medbench.spec.schema import load_schema, schema_faults
from medbench.spec.task import Task, build_task

__all__ = ["canonical_digest", "load_task_file", "resolve_task"]

PROSE = {"title", "description", "reference", "extends", "schema", "rulings"}
"""Keys of a task that cannot change a score; they stay out of the digest."""
PROSE_OF_A_SOURCE = {"title", "licence", "egress", "publish", "cite"}
"""The same of a data set of one's own."""


def resolve_task(file: Path) -> Resolved:
    """A task after ``extends`` and with its defaults, valid by its schema.

    Raises:
        SpecError: it does not parse (MB1xx), breaks its schema (MB2xx) or extends what is not there (MB3xx).
    """
    resolved = resolve_file(file)
    raise_faults(schema_faults("task", resolved.value, resolved.origins), resolved.chain)
    added = fill_defaults(resolved.value, load_schema("task"))
    return replace(resolved, defaults=frozenset(added))


def load_task_file(file: Path, known: Known | None = None) -> Task:
    """Load, validate and build one task.

    Args:
        known: the source cards there are; ``None`` does not look whether the task's fit one.

    Raises:
        SpecError: all faults of the first stage that has any (schema MB2xx, references MB3xx, meaning MB4xx).
    """
    resolved = resolve_task(file)
    value, origins = resolved.value, resolved.origins
    raise_faults(reference_faults(value, origins, known), resolved.chain)
    raise_faults(meaning_faults(value, origins), resolved.chain)
    sources = value["data"].get("sources", {})
    homes = {name: origins["data", "sources", name].file.parent for name in sources}
    return build_task(value, file, canonical_digest(value), homes, reference_file(value, origins))


def canonical_digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the resolved values (they hold no notes) as canonical JSON without prose and ``extends``."""
    kept = _plain(_without(value, PROSE))
    for name, source in kept.get("data", {}).get("sources", {}).items():
        kept["data"]["sources"][name] = _without(source, PROSE_OF_A_SOURCE)
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _without(value: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in keys}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # 1 and 1.0 are the same choice, written differently
    return int(value) if isinstance(value, float) and value.is_integer() else value
