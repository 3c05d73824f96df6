"""transformers without its talk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

__all__ = ["quiet_transformers"]


@contextlib.contextmanager
def quiet_transformers(bar: bool) -> Iterator[None]:
    """No report of unused weights, which is thousands of lines for a truncated 80B model.

    Args:
        bar: whether loading may draw its progress bar.
    """
    from transformers.utils import logging

    before, drawn = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    if not bar:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if drawn:
            logging.enable_progress_bar()
