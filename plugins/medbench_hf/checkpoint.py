"""Where ``medbench new checkpoint`` is asked for a real address: there is nothing to make it from."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from medbench_hf.families import ENCODERS, VISION_LANGUAGE

__all__ = ["by_family"]


def by_family(folder: Path) -> NoReturn:  # noqa: ARG001 - the contract names it
    """Refuse, and name the families.

    Raises:
        ValueError: always.
    """
    names = ", ".join((*VISION_LANGUAGE, *ENCODERS))
    raise ValueError(f"a tiny one is made by family, --model hf:tiny/FAMILY: {names}")
