"""Running models on tasks: plan, stages, run folder, resume."""

from medbench.run.demo import write_checkpoint
from medbench.run.execute import Job, execute, prepare_job
from medbench.run.options import ModelRequest, RunOptions, RunResult, default_cache
from medbench.run.progress import Progress, Silent
from medbench.run.readiness import Item

__all__ = [
    "Item",
    "Job",
    "ModelRequest",
    "Progress",
    "RunOptions",
    "RunResult",
    "Silent",
    "default_cache",
    "execute",
    "prepare_job",
    "write_checkpoint",
]
