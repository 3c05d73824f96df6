"""How many values each weight of a checkpoint has, from the headers of its files. No torch.

Format: https://github.com/huggingface/safetensors (eight bytes of length, then JSON).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from medbench.errors import DataError
from medbench.torchkit.weights import weight_files

__all__ = ["tensor_sizes"]

# The format's own limit: a longer header is a damaged file.
LONGEST_HEADER = 100_000_000


def tensor_sizes(folder: Path) -> dict[str, int]:
    """Number of values by name of weight; empty where the weights are no safetensors.

    Raises:
        DataError: MB653 the weight files are incomplete; MB656 a header is damaged.
    """
    sizes: dict[str, int] = {}
    for file in weight_files(folder):
        if file.suffix == ".safetensors":
            sizes |= _header(file)
    return sizes


def _header(file: Path) -> dict[str, int]:
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        text = stream.read(min(length, LONGEST_HEADER))
    try:
        entries = json.loads(text)
        return {name: math.prod(entry["shape"]) for name, entry in entries.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise DataError(
            "MB656", f"{file.name} is damaged: its header cannot be read", str(file.parent)
        ) from fault
