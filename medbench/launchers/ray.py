"""``ray``: Ray Core actors, each with its own GPUs, restarted when they die."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench.launchers.child import run_worker
from medbench.launchers.launch import Launch, write_job

__all__ = ["run"]


class _Replica:
    """An actor: runs the worker of one part. It asks for no CPU, so that N actors never wait for N + 1."""

    def work(self, job: str, index: int) -> int:
        """Run worker ``index`` to its end."""
        return run_worker(Path(job), index)


def run(launch: Launch) -> None:
    """Start one actor a worker and wait for all.

    Settings: ``address`` of a cluster; without it a cluster of this machine is started, and ended.

    Raises:
        KeyboardInterrupt: actors and workers were ended.
    """
    import ray

    write_job(launch)
    given = launch.settings.get("address")
    ray.init(address=given, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:
        actor: Any = ray.remote(
            num_cpus=0,
            num_gpus=launch.per_worker,
            max_restarts=launch.restarts,
            max_task_retries=launch.restarts,
        )(_Replica)
        replicas = [actor.remote() for _ in range(launch.workers)]
        waiting = [r.work.remote(str(launch.job), i) for i, r in enumerate(replicas)]
        for one in waiting:
            _ended(ray, one)
    finally:
        ray.shutdown()


def _ended(ray: Any, one: Any) -> None:
    """Wait for a worker; what one that died for good has left is found on disk."""
    try:
        ray.get(one)
    except ray.exceptions.RayError:
        return
