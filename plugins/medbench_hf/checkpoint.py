"""Where ``medbench new checkpoint`` is asked for a real address: there is nothing to make it from."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from medbench.errors import UsageError
from medbench_hf.families import ENCODERS, VISION_LANGUAGE

__all__ = ["by_family"]


def by_family(folder: Path) -> NoReturn:  # noqa: ARG001 - the contract names it
    """Refuse, and name the families.

    Raises:
        UsageError: MB009, always.
    """
    families = (*VISION_LANGUAGE, *ENCODERS)
    hint = f"--model hf:tiny/{families[0]}, or another family: {', '.join(families[1:])}"
    raise UsageError("MB009", "no tiny checkpoint is made of an address, only of a family", "--model", hint)
