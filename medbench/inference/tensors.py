"""Safetensors files of matrices: written as narrowly as loses nothing, read by memory map.

A file is eight bytes of length, a JSON header, and the values (https://huggingface.co/docs/safetensors).
numpy has no bfloat16, so its bits are moved here; whatever the file holds, a reader gets float32.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_tensor", "write_tensors"]

LENGTH = struct.Struct("<Q")
ALIGNED = 8
STORED: dict[str, np.dtype[Any]] = {"F16": np.dtype("<f2"), "BF16": np.dtype("<u2"), "F32": np.dtype("<f4")}


def write_tensors(path: Path, arrays: Mapping[str, NDArray[np.float32]]) -> None:
    """Write float32 matrices, each as float16 or bfloat16 where every value survives that unchanged.

    So activations take the room of the precision that the model computed in, and no value is ever rounded.
    """
    packed = {name: _narrowest(np.ascontiguousarray(arrays[name], dtype="<f4")) for name in sorted(arrays)}
    header: dict[str, dict[str, Any]] = {}
    end = 0
    for name, (kind, bits) in packed.items():
        begin, end = end, end + bits.nbytes
        header[name] = {"dtype": kind, "shape": list(bits.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    # values begin at a multiple of eight, so that they can be mapped
    text += b" " * (-len(text) % ALIGNED)
    with path.open("wb") as stream:
        stream.write(LENGTH.pack(len(text)) + text)
        for _, bits in packed.values():
            stream.write(bits.data)


def _narrowest(values: NDArray[np.float32]) -> tuple[str, NDArray[Any]]:
    with np.errstate(over="ignore", invalid="ignore"):
        half = values.astype("<f2")
    # by bits, so that -0.0 and every NaN count as themselves
    if np.array_equal(half.astype("<f4").view("<u4"), values.view("<u4")):
        return "F16", half
    bits = values.view("<u4")
    if not (bits & 0xFFFF).any():
        return "BF16", (bits >> 16).astype("<u2")
    return "F32", values


def read_tensor(path: Path, name: str) -> NDArray[np.float32]:
    """Values float32 of one matrix; those of a float32 file stay on disk until they are looked at.

    Raises:
        KeyError: the file has no such matrix.
    """
    with path.open("rb") as stream:
        (length,) = LENGTH.unpack(stream.read(LENGTH.size))
        entry = json.loads(stream.read(length))[name]
    dtype, shape = STORED[entry["dtype"]], tuple(entry["shape"])
    if 0 in shape:
        return np.zeros(shape, np.float32)
    begin = LENGTH.size + length + entry["data_offsets"][0]
    stored: NDArray[Any] = np.memmap(path, dtype=dtype, mode="r", offset=begin, shape=shape)
    if entry["dtype"] == "BF16":
        stored = (stored.astype("<u4") << 16).view("<f4")
    values: NDArray[np.float32] = stored.astype(np.float32, copy=False)
    return values
