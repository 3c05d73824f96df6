"""Which part of the work this process is, as whoever started it says in the environment."""

from __future__ import annotations

from collections.abc import Mapping

from medbench.launchers.share import Share

__all__ = ["find_share"]

SOURCES: tuple[tuple[str, str, str], ...] = (
    ("torchrun or accelerate", "RANK", "WORLD_SIZE"),
    # inside a batch script SLURM_PROCID is 0 and SLURM_NTASKS n although no srun ran: only a step is trusted
    ("srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ("a Slurm job array", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT"),
    ("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("a Kubernetes indexed job", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"),
)
"""In the order in which they are asked: the innermost starter first."""


def find_share(environment: Mapping[str, str]) -> tuple[Share, str]:
    """The part and where it was found; the whole where nothing says otherwise.

    A source counts when both its variables are whole numbers and the rank lies below the size.

    >>> find_share({"RANK": "1", "WORLD_SIZE": "2"})
    (Share(index=1, count=2), 'RANK and WORLD_SIZE (torchrun or accelerate)')
    >>> find_share({"SLURM_PROCID": "0", "SLURM_NTASKS": "2"})
    (Share(index=0, count=1), 'nothing in the environment: this process does everything')
    """
    for starter, rank_name, size_name in SOURCES:
        rank, size = environment.get(rank_name, ""), environment.get(size_name, "")
        if not (rank.isdecimal() and size.isdecimal()):
            continue
        first = _first(environment) if rank_name == "SLURM_ARRAY_TASK_ID" else 0
        index, count = int(rank) - first, int(size)
        if 0 <= index < count:
            return Share(index, count), f"{rank_name} and {size_name} ({starter})"
    return Share(0, 1), "nothing in the environment: this process does everything"


def _first(environment: Mapping[str, str]) -> int:
    """An array may begin at 1."""
    first = environment.get("SLURM_ARRAY_TASK_MIN", "0")
    return int(first) if first.isdecimal() else 0
