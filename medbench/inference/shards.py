"""Shards: one file of activations or replies and, beside it, a manifest with its rows and digest.

The manifest is written last, so a shard without one, or with another digest, does not exist for a reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.atomic import write_atomic, write_json
from medbench.inference.tensors import read_tensor, write_tensors
from medbench.inference.verified import Check, has_digest
from medbench.models import Reply

__all__ = [
    "MANIFEST_SCHEMA",
    "Shard",
    "find_shards",
    "read_activations",
    "read_images",
    "read_replies",
    "write_shard",
]

MANIFEST_SCHEMA = "medbench.shard/1"
Payload = Mapping[str, NDArray[np.float32]] | Sequence[Sequence[Reply]]


@dataclass(frozen=True)
class Shard:
    """A whole shard: its file, its row addresses in order, and the taps it holds (none for replies)."""

    file: Path
    rows: tuple[str, ...]
    taps: frozenset[str]


def write_shard(
    folder: Path, name: str, rows: Sequence[str], payload: Payload, header: Mapping[str, Any]
) -> int:
    """Write payload, then manifest; returns the payload's bytes.

    Args:
        payload: activations float32 (rows, width) by tap name, or one list of replies a row.
        header: what is worth knowing of how the shard was made (batch size and the like).
    """
    if isinstance(payload, Mapping):
        file = folder / f"{name}.safetensors"
        write_atomic(file, lambda path: write_tensors(path, payload))
        taps = sorted(payload)
    else:
        file = folder / f"{name}.jsonl"
        # ASCII only: a model may write line separators and halves of surrogate pairs
        lines = [json.dumps([asdict(reply) for reply in replies]) for replies in payload]
        write_atomic(file, lambda path: path.write_text("\n".join(lines) + "\n", encoding="utf-8"))
        taps = []
    manifest = {
        "schema": MANIFEST_SCHEMA,
        "file": file.name,
        "sha256": _sha256(file),
        "rows": list(rows),
        "taps": taps,
        **header,
    }
    write_json(folder / f"{name}.json", manifest)
    return file.stat().st_size


def find_shards(folder: Path, is_whole: Check = has_digest) -> tuple[list[Shard], list[str]]:
    """Every whole shard of a folder, and a line for each damaged one (which is left aside).

    Args:
        is_whole: whether a payload has the digest that its manifest says.
    """
    shards: list[Shard] = []
    damaged: list[str] = []
    for manifest in sorted(folder.glob("*.json")):
        if manifest.name == "key.json":
            continue
        try:
            value = json.loads(manifest.read_text(encoding="utf-8"))
            file = folder / value["file"]
            if not is_whole(file, value["sha256"]):
                raise ValueError("its bytes are not those that were written")
            shards.append(Shard(file, tuple(value["rows"]), frozenset(value["taps"])))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            damaged.append(f"shard {manifest.stem} is damaged and will be made again: {fault}")
    return shards, damaged


def read_activations(shard: Shard, tap: str) -> NDArray[np.float32]:
    """Activations float32 (rows, width) of one tap."""
    return read_tensor(shard.file, tap)


def read_images(file: Path) -> dict[str, str]:
    """Digests of prepared images by address, as the manifest of a shard's file has them."""
    value = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    return {str(address): str(seen) for address, seen in value.get("images", {}).items()}


def read_replies(shard: Shard) -> list[list[Reply]]:
    """One list of replies a row."""
    lines = shard.file.read_text(encoding="utf-8").splitlines()
    return [[Reply(**reply) for reply in json.loads(line)] for line in lines]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
