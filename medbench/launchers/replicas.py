"""How many copies of a model fit on the devices that are visible, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from medbench.errors import UsageError

__all__ = ["Layout", "lay_out"]

HEADROOM = 1.2
"""Weights are not all: activations of a batch and the allocator's slack."""


@dataclass(frozen=True)
class Layout:
    """Copies of a model and the devices of each.

    Attributes:
        replicas: copies.
        per_replica: devices of each; 0 on the CPU.
        idle: devices that are left over.
        reason: one line for the reader.
    """

    replicas: int
    per_replica: int
    idle: int
    reason: str


def lay_out(
    need_gib: float, device_gib: Sequence[float], replicas: int | None = None, per_replica: int | None = None
) -> Layout:
    """Replicas for a model of ``need_gib`` on devices with ``device_gib`` of memory each (none: the CPU).

    Args:
        replicas: asked for; else as many as fit.
        per_replica: asked for; else as few as hold 1.2 times the need.

    Raises:
        UsageError: more devices are asked for than there are (MB091).

    >>> lay_out(150.0, [80.0] * 8).reason
    '2 replicas of 3 devices: 150.0 GiB x 1.2 on devices of 80.0 GiB, 8 visible'
    """
    if not device_gib:
        if per_replica:
            raise UsageError("MB091", "no GPU is visible", "--gpus-per-replica", "leave it out on a CPU")
        return Layout(replicas or 1, 0, 0, f"{_copies(replicas or 1)} on the CPU: no GPU is visible")
    visible, smallest = len(device_gib), min(device_gib)
    # one that needs more than there is gets everything: it may still load in parts, or say what it lacks
    k = per_replica or min(visible, max(1, math.ceil(need_gib * HEADROOM / smallest)))
    copies = replicas or visible // k
    if copies < 1 or copies * k > visible:
        found = f"{_copies(max(copies, 1))} of {k} devices do not fit on the {visible} visible"
        raise UsageError("MB091", found, "--replicas, --gpus-per-replica", "ask for fewer")
    why = "as asked" if per_replica else f"{need_gib:.1f} GiB x {HEADROOM} on devices of {smallest:.1f} GiB"
    reason = f"{_copies(copies)} of {k} device{'s' if k > 1 else ''}: {why}, {visible} visible"
    return Layout(copies, k, visible - copies * k, reason)


def _copies(n: int) -> str:
    return f"{n} replica{'s' if n != 1 else ''}"
