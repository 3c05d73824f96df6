"""One name for running out of memory, whatever the device calls it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

__all__ = ["memory_errors"]

# torch has an exception of its own for accelerators only; its CPU allocator raises a bare RuntimeError.
CPU_ALLOCATOR = "DefaultCPUAllocator"


@contextlib.contextmanager
def memory_errors() -> Iterator[None]:
    """Turn torch's out-of-memory errors into ``MemoryError``, which the harness knows without torch.

    Raises:
        MemoryError: the device or the machine has too little memory for this batch or model.
    """
    try:
        yield
    except RuntimeError as fault:
        if type(fault).__name__ == "OutOfMemoryError" or CPU_ALLOCATOR in str(fault):
            raise MemoryError(str(fault).splitlines()[0]) from fault
        raise
