"""``local``: torch's elastic launcher on this machine, without a process group."""

from __future__ import annotations

import logging
import signal
import sys

from medbench.launchers.launch import Launch, write_job

__all__ = ["run"]


def run(launch: Launch) -> None:
    """Start the workers and restart them when one dies; returns when they have ended.

    Raises:
        KeyboardInterrupt: the workers were ended, too.
    """
    from torch.distributed.elastic.multiprocessing import SignalException
    from torch.distributed.elastic.multiprocessing.api import DefaultLogsSpecs, Std
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    write_job(launch)
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=launch.workers,
        logs_specs=DefaultLogsSpecs(log_dir=str(launch.folder), redirects=Std.ALL),
        run_id=launch.folder.name,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        max_restarts=launch.restarts,
        shutdown_timeout=2,
    )
    # torch tells of each restart in pages; the log of the run says what is left
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        elastic_launch(config, sys.executable)("-m", "medbench.launchers.worker", str(launch.job))
    except SignalException as fault:
        raise KeyboardInterrupt from fault
    except ChildFailedError:
        # what is missing is found on disk
        return
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
