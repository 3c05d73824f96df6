"""What a run is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from medbench.launchers import Share

__all__ = ["LaunchOptions", "ModelRequest", "RunOptions", "RunResult", "default_cache"]


def default_cache() -> Path:
    """The user's cache folder for medbench (``XDG_CACHE_HOME`` is respected)."""
    return Path(platformdirs.user_cache_dir("medbench", appauthor=False))


@dataclass(frozen=True)
class ModelRequest:
    """A model by name, with its ``--model-args``; ``tiny``: on a random checkpoint made on the spot."""

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    tiny: bool = False


@dataclass(frozen=True)
class LaunchOptions:
    """Who computes.

    Attributes:
        engine: a launcher's name, ``inline`` or ``env``; ``None`` chooses by the number of replicas.
        replicas: copies of a model; ``None``: as many as fit.
        gpus_per_replica: ``None``: as few as hold the model.
        retries: how often what is missing is tried again.
        silence: seconds after which a rank that tells nothing is taken for dead.
        settings: the engine's own.
        detach: submit and come back.
        share: compute this part alone, and score nothing.
        line: arguments of ``medbench`` that workers are started with; empty where nobody typed one.
    """

    engine: str | None = None
    replicas: int | None = None
    gpus_per_replica: int | None = None
    retries: int = 2
    silence: float = 60.0
    settings: Mapping[str, str] = field(default_factory=dict)
    detach: bool = False
    share: Share | None = None
    line: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class RunOptions:
    """Everything about a run but its models and tasks; the names are those of the command line.

    Attributes:
        source_paths: folders of single sources, by source id; they go before ``data_root``.
        limit: rows of each split that are used; the record is open.
        seed: another sampling seed than the spec's; the record is open.
        batch_size: ``None`` is automatic.
        allow_leaks: run a cohort whose test set shares people or images with train; the record is open.
    """

    protocol: str = "standard"
    data_root: Path | None = None
    source_paths: Mapping[str, Path] = field(default_factory=dict)
    output: Path = Path("runs")
    cache: Path = field(default_factory=default_cache)
    limit: int | None = None
    batch_size: int | None = None
    devices: tuple[str, ...] = ()
    seed: int | None = None
    strict: bool = False
    allow_missing: bool = False
    allow_leaks: bool = False
    allow_egress: tuple[str, ...] = ()
    dry_run: bool = False
    launch: LaunchOptions = field(default_factory=LaunchOptions)


@dataclass(frozen=True)
class RunResult:
    """What became of a run.

    Attributes:
        run_dir: the run's folder; ``None`` when nothing was started.
        records: record files.
        not_run: ``{"model", "task", "reason"}`` of what was not started.
        failed: the same of what was started and failed.
        exit_code: as the command line gives it.
        analyses: files of the suite's analyses.
        said: what a run that scores nothing did: a part computed, jobs submitted.
    """

    run_dir: Path | None
    records: tuple[Path, ...]
    not_run: tuple[Mapping[str, str], ...]
    failed: tuple[Mapping[str, str], ...]
    exit_code: int
    analyses: tuple[Path, ...] = ()
    said: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What ``run --json`` prints."""
        return {
            "run_dir": str(self.run_dir) if self.run_dir else None,
            "records": [str(path) for path in self.records],
            "analyses": [str(path) for path in self.analyses],
            "not_run": [dict(row) for row in self.not_run],
            "failed": [dict(row) for row in self.failed],
            **({"said": self.said} if self.said else {}),
        }
