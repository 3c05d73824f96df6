"""How much memory torch's tensors hold in this process."""

from __future__ import annotations

import gc
import sys

__all__ = ["tensor_mib"]


def tensor_mib() -> float:
    """Storage of all tensors of torch that Python can reach, in MiB; 0 without torch."""
    torch = sys.modules.get("torch")
    if torch is None:
        return 0.0
    gc.collect()
    sizes: dict[int, int] = {}
    for thing in gc.get_objects():
        if issubclass(type(thing), torch.Tensor) and thing.layout == torch.strided:
            storage = thing.untyped_storage()
            sizes[storage.data_ptr()] = storage.nbytes()
    return sum(sizes.values()) / 2**20
