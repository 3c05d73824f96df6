"""Whether compiled kernels can be had (extra ``fast``); imports numba when one is first used, not before."""

from __future__ import annotations

import warnings
from functools import lru_cache
from types import ModuleType

__all__ = ["kernels"]


@lru_cache(maxsize=1)
def kernels() -> ModuleType | None:
    """The module of compiled kernels, tried out once; ``None`` without numba or where it does not work.

    numpy does the same arithmetic on integers then, so that no value depends on it. A numba that is
    installed and broken is told of in one warning.
    """
    try:
        from medbench.stats import compiled_kernels
    except ModuleNotFoundError as fault:
        if fault.name not in ("numba", "llvmlite"):
            _warn(fault)
        return None
    except Exception as fault:
        _warn(fault)
        return None
    try:
        compiled_kernels.try_out()
    except Exception as fault:
        _warn(fault)
        return None
    return compiled_kernels


def _warn(fault: Exception) -> None:
    message = f"numba is installed but does not work ({type(fault).__name__}); numpy is used, slower"
    warnings.warn(message, RuntimeWarning, stacklevel=3)
