"""Running models on tasks: plan, stages, run folder, resume."""

from medbench.runner.demo import write_checkpoint
from medbench.runner.execute import Job, execute, prepare_job
from medbench.runner.options import LaunchOptions, ModelRequest, RunOptions, RunResult, default_cache
from medbench.runner.progress import Progress, Silent
from medbench.runner.readiness import Item

__all__ = [
    "Item",
    "Job",
    "LaunchOptions",
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
