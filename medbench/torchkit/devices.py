"""Where the weights go: one device, or several shared by accelerate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medbench.errors import UsageError

__all__ = ["device_memory", "placement", "visible_devices"]


def placement(devices: Sequence[str]) -> dict[str, Any]:
    """Keyword arguments of ``from_pretrained`` that put a model on ``devices``.

    One device takes the whole model. Several share it by accelerate's ``auto`` map, limited to the free
    memory of just these devices, so that a second replica beside it keeps its own.

    Args:
        devices: torch device names such as ``cpu`` or ``cuda:1``; the first one is where inputs go.

    Raises:
        UsageError: MB072, a name that is no device here, or several devices that are not all CUDA.
    """
    import torch

    if not devices:
        raise UsageError("MB072", "no device was given", where="--devices")
    named = [_known(torch, name) for name in devices]
    if len(named) == 1:
        return {} if named[0].type == "cpu" else {"device_map": {"": str(named[0])}}
    if any(device.type != "cuda" for device in named):
        raise UsageError(
            "MB072", "one model is shared by CUDA devices only", where=f"--devices {','.join(devices)}"
        )
    free = {device.index: torch.cuda.mem_get_info(device.index)[0] for device in named}
    return {"device_map": "auto", "max_memory": free}


def visible_devices() -> tuple[str, ...]:
    """Every CUDA device that torch finds, else the CPU."""
    import torch

    return tuple(f"cuda:{i}" for i in range(torch.cuda.device_count())) or ("cpu",)


def device_memory(devices: Sequence[str]) -> list[float]:
    """Memory (GiB) of each CUDA device of ``devices``; others are left out.

    Raises:
        UsageError: MB072, a name that is no device here.
    """
    import torch

    named = [_known(torch, name) for name in devices]
    return [torch.cuda.get_device_properties(d).total_memory / 2**30 for d in named if d.type == "cuda"]


def _known(torch: Any, name: str) -> Any:
    try:
        device = torch.device(name)
    except RuntimeError as fault:
        raise UsageError(
            "MB072", f"{name!r} is no torch device", "--devices", "cpu, cuda:0, cuda:1 …"
        ) from fault
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        found = torch.cuda.device_count()
        raise UsageError("MB072", f"{name!r}: torch finds {found} CUDA devices here", where="--devices")
    return torch.device("cuda", device.index or 0) if device.type == "cuda" else device
