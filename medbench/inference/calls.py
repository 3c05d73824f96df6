"""Calling a model, and what it may answer: shapes, values, memory, and single rows that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from medbench.errors import PluginError, RunError, UserError
from medbench.models import Model, Prompt, Reply, Sampling, Tap

__all__ = ["call_activations", "call_generate"]


def call_activations(
    model: Model, prompts: Sequence[Prompt], taps: Sequence[Tap]
) -> dict[str, NDArray[np.float32]]:
    """Activations float32 (len(prompts), width) by tap name.

    Raises:
        PluginError: the model raises (MB714), or gives other shapes or types than the contract says (MB710).
        RunError: it does not fit into memory (MB803), or a value is not finite (MB804).
    """
    with _memory(len(prompts)):
        try:
            given = model.activations(prompts, taps)
        except (KeyboardInterrupt, MemoryError, UserError):
            raise
        except BaseException as fault:
            if _is_out_of_memory(fault):
                raise MemoryError(str(fault)) from fault
            raise PluginError("MB714", f"activations raised {_named(fault)}") from fault
    if not isinstance(given, Mapping):
        raise PluginError("MB710", f"activations gave {type(given).__name__}, expected one array a tap")
    return {tap.name: _checked(given, tap, len(prompts)) for tap in taps}


def _checked(given: Mapping[Tap, NDArray[np.floating]], tap: Tap, n: int) -> NDArray[np.float32]:
    if tap not in given:
        raise PluginError("MB710", f"activations lack the tap {tap.name}")
    values = np.asarray(given[tap])
    if values.ndim != 2 or values.shape[0] != n or not np.issubdtype(values.dtype, np.floating):
        found = f"{values.dtype} {values.shape}"
        raise PluginError("MB710", f"activations at {tap.name} are {found}, expected float ({n}, width)")
    with np.errstate(over="ignore"):
        kept = values.astype(np.float32)
    if not np.isfinite(kept).all():
        hint = "--model-args dtype=bfloat16 or dtype=float32 has the range that float16 lacks"
        raise RunError("MB804", f"{values.dtype} activations at {tap.name} are not finite", hint=hint)
    return kept


def call_generate(
    model: Model, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
) -> tuple[list[list[Reply]], BaseException | None]:
    """Replies for ``seeds`` uint64 (len(prompts), k), and the first fault of a row that failed by itself.

    A batch that raises is asked again row by row; a row that raises alone gets replies that say ``error``.

    Raises:
        PluginError: other replies than the contract says (MB711).
        RunError: the batch does not fit into memory (MB803).
    """
    try:
        with _memory(len(prompts)):
            return _generated(model, prompts, sampling, seeds), None
    except (KeyboardInterrupt, UserError):
        raise
    except BaseException as fault:
        if len(prompts) == 1:
            return [[Reply("", 0, "error")] * seeds.shape[1]], fault
    single = [call_generate(model, [prompts[i]], sampling, seeds[i : i + 1]) for i in range(len(prompts))]
    return [found[0] for found, _ in single], next((fault for _, fault in single if fault), None)


def _generated(
    model: Model, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
) -> list[list[Reply]]:
    try:
        return _checked_replies(model.generate(prompts, sampling, seeds), seeds)
    except RuntimeError as fault:
        if _is_out_of_memory(fault):
            raise MemoryError(str(fault)) from fault
        raise


def _checked_replies(found: object, seeds: NDArray[np.uint64]) -> list[list[Reply]]:
    rows = list(found) if isinstance(found, Sequence) else []
    shape = [len(tries) if isinstance(tries, Sequence) else -1 for tries in rows]
    if shape != [seeds.shape[1]] * len(seeds):
        raise PluginError(
            "MB711", f"generate gave {len(rows)} rows of {shape} replies for {seeds.shape} seeds"
        )
    if not all(isinstance(reply, Reply) for tries in rows for reply in tries):
        raise PluginError("MB711", "generate gave something else than a Reply")
    return [list(tries) for tries in rows]


@contextmanager
def _memory(rows: int) -> Iterator[None]:
    """Says what to do when a batch does not fit."""
    try:
        yield
    except MemoryError as fault:
        hint = f"--batch-size {rows // 2}" if rows > 1 else "a smaller dtype, or more devices"
        raise RunError("MB803", f"a batch of {rows} rows does not fit into memory", hint=hint) from fault


def _is_out_of_memory(fault: BaseException) -> bool:
    """Whether it is torch's own exception for accelerators, told by name: not every model needs torch."""
    return any(kind.__name__ == "OutOfMemoryError" for kind in type(fault).__mro__)


def _named(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {fault}"
