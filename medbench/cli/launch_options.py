"""Options of ``medbench run`` that say who computes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from medbench.cli.arguments import Parser, key_values, positive
from medbench.errors import UsageError

if TYPE_CHECKING:
    from medbench.runner import LaunchOptions

__all__ = ["add_launch_options", "launch_options"]


def add_launch_options(parser: Parser) -> None:
    """Add them as a group of their own."""
    group = parser.add_argument_group("many GPUs, a cluster")
    group.add_argument(
        "--launch", metavar="L", help="inline, local, slurm, ray, env, or a plugin's (default: by replicas)"
    )
    group.add_argument("--replicas", type=positive("--replicas"), metavar="N", help="copies of the model")
    group.add_argument(
        "--gpus-per-replica", type=positive("--gpus-per-replica"), metavar="K", help="GPUs of each copy"
    )
    group.add_argument("--shard-of", metavar="I/N", help="compute part I (from 0) of N alone, score nothing")
    group.add_argument("--retries", type=int, default=2, metavar="N", help="further tries of what is missing")
    group.add_argument(
        "--shard-timeout",
        type=positive("--shard-timeout"),
        default=60,
        metavar="S",
        help="under env: seconds after which a rank that gives no sign of life is taken for dead",
    )
    group.add_argument(
        "--slurm", nargs="+", action="extend", default=[], metavar="K=V", help="partition=, account=, time= …"
    )
    group.add_argument("--ray-address", metavar="A", help="a running Ray cluster, such as auto")
    group.add_argument("--detach", action="store_true", help="submit and come back; the same line scores")


def launch_options(arguments: argparse.Namespace) -> LaunchOptions:
    """What they say.

    Raises:
        UsageError: they contradict each other (MB010), or ``--shard-of`` is no part (MB090).
    """
    from medbench.launchers import Share
    from medbench.runner import LaunchOptions

    engine = arguments.launch
    if arguments.retries < 0:
        raise UsageError("MB014", f"{arguments.retries} is below 0", where="--retries")
    if arguments.detach and engine != "slurm":
        raise UsageError("MB010", "only jobs of a queue can be left alone", "--detach", "add --launch slurm")
    settings = key_values(arguments.slurm, "--slurm") if engine == "slurm" else {}
    if engine == "ray" and arguments.ray_address:
        settings = {"address": arguments.ray_address}
    return LaunchOptions(
        engine=engine,
        replicas=arguments.replicas,
        gpus_per_replica=arguments.gpus_per_replica,
        retries=arguments.retries,
        silence=float(arguments.shard_timeout),
        settings=settings,
        detach=arguments.detach,
        share=Share.parse(arguments.shard_of) if arguments.shard_of else None,
        line=tuple(getattr(arguments, "line", ())),
    )
