"""A stored key in words: which model, what of it, how much, and since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medbench.inference.inventory import StoredKey

__all__ = ["in_units", "key_row"]

NAMED = ("address", "baseline", "kind")
"""Identity values that say most of what a model is."""


def key_row(stored: StoredKey) -> dict[str, Any]:
    """One key as plain values for ``--json``."""
    key = stored.key or {}
    written = datetime.fromtimestamp(stored.written, UTC).isoformat(timespec="seconds")
    return {
        "key": stored.name,
        "model": _model(key.get("identity", {})),
        "holds": _holds(stored, key),
        "rows": stored.rows,
        "shards": stored.shards,
        "bytes": stored.size,
        "written": written if stored.written else None,
        "damaged": len(stored.damaged),
        "stray": len(stored.stray),
    }


def _model(identity: Mapping[str, str]) -> str:
    said = [identity[name] for name in NAMED if name in identity]
    weights = identity.get("weights", "")
    parts = [*(said or [identity.get("numerics_version", "unknown")]), identity.get("dtype", "")]
    return " ".join(part for part in [*parts, f"weights {weights[:8]}" if weights else ""] if part)


def _holds(stored: StoredKey, key: Mapping[str, Any]) -> str:
    if key.get("decoding"):
        return f"replies, {json.dumps(key['decoding'], sort_keys=True)}"
    return "activations, " + (", ".join(stored.taps) or "none")


def in_units(size: int) -> str:
    """Bytes for people: ``1.6 GB``."""
    value, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:.0f} B" if units[0] == "B" else f"{value:.1f} {units[0]}"
