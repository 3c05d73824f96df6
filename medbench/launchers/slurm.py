"""``slurm``: a job array by submitit, one array task a replica."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from typing import Any

from medbench.errors import RunError, UsageError
from medbench.launchers.launch import Launch, write_job
from medbench.launchers.slurm_task import ShareTask
from medbench.launchers.squeue import running_jobs

__all__ = ["run", "script"]

POLL_SECONDS = 2.0
MINUTES_ASKED = 24 * 60
"""Walltime that is asked for where ``--slurm time=`` says nothing."""


def run(launch: Launch) -> None:
    """Submit one array task a worker and wait until all have ended; with ``detach`` do not wait.

    Raises:
        UsageError: there is no Slurm here (MB093).
        RunError: Slurm refuses the job (MB809).
        KeyboardInterrupt: the jobs go on, and their ids were printed.
    """
    if shutil.which("sbatch") is None:
        raise UsageError("MB093", "no sbatch is on the path", "--launch slurm", "log in where Slurm is")
    write_job(launch)
    jobs = _submit(launch)
    print(f"Slurm jobs {', '.join(jobs)}; output in {launch.folder}", file=sys.stderr, flush=True)
    if launch.detach:
        return
    try:
        while running_jobs(jobs):
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        line = f"Slurm jobs {', '.join(jobs)} go on; to end them: scancel {' '.join(jobs)}"
        print(line, file=sys.stderr, flush=True)
        raise


def _submit(launch: Launch) -> list[str]:
    try:
        executor = _executor(launch)
        jobs = executor.map_array(ShareTask(str(launch.job)), range(launch.workers))
    except (RuntimeError, ValueError, subprocess.CalledProcessError) as fault:
        raise RunError("MB809", f"Slurm refuses the job: {fault}", "--slurm", "see sinfo") from fault
    # an array of one is no array
    return list(dict.fromkeys(job.job_id.split("_")[0] for job in jobs))


def _executor(launch: Launch) -> Any:
    import submitit

    executor = submitit.SlurmExecutor(folder=str(launch.folder), python=sys.executable)
    executor.update_parameters(**parameters(launch))
    return executor


def parameters(launch: Launch) -> dict[str, Any]:
    """submitit's words for a replica; the user's go before, and unknown keys are sbatch's own."""
    import submitit

    asked: dict[str, Any] = {
        "job_name": "medbench",
        "ntasks_per_node": 1,
        "nodes": 1,
        "time": MINUTES_ASKED,
        "stderr_to_stdout": True,
    }
    if launch.per_worker:
        asked["gpus_per_node"] = launch.per_worker
    own = {key.replace("-", "_"): value for key, value in launch.settings.items()}
    words = submitit.SlurmExecutor._valid_parameters()
    known = {key: int(value) if value.isdecimal() else value for key, value in own.items() if key in words}
    further = {key: value for key, value in own.items() if key not in words}
    return {**asked, **known, **({"additional_parameters": further} if further else {})}


def script(launch: Launch) -> str:
    """The batch script that would be submitted."""
    executor = _executor(launch)
    executor.parameters["map_count"] = launch.workers
    return str(executor._make_submission_file_text(shown(launch), "DRY-RUN"))


def shown(launch: Launch) -> str:
    """The command of one task, for a reader."""
    return f"{sys.executable} -m medbench.launchers.worker {launch.job} $SLURM_ARRAY_TASK_ID"
