"""The built-in launchers, given as a third party's would be."""

from __future__ import annotations

from medbench.hooks import hookimpl
from medbench.models import LauncherCard

__all__ = ["medbench_launchers"]


@hookimpl
def medbench_launchers() -> list[LauncherCard]:
    """Engines that start workers."""
    return [
        LauncherCard(
            "local",
            "medbench.launchers.local:run",
            requires=("torch",),
            extra="medbench[hf]",
            summary="several replicas on this machine, by torch's elastic launcher",
        ),
        LauncherCard(
            "slurm",
            "medbench.launchers.slurm:run",
            requires=("submitit",),
            extra="medbench[slurm]",
            own_devices=True,
            summary="a Slurm job array, one task a replica",
        ),
        LauncherCard(
            "ray",
            "medbench.launchers.ray:run",
            requires=("ray",),
            extra="medbench[ray]",
            own_devices=True,
            summary="Ray Core actors on a Ray cluster",
        ),
    ]
