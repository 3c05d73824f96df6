"""The main job from Python: the same names as the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medbench.errors import UsageError, did_you_mean
from medbench.hooks import load_plugins
from medbench.runner import ModelRequest, RunOptions, RunResult, Silent, default_cache, execute, prepare_job
from medbench.spec import Catalogue, Task

__all__ = ["load_task", "run"]

OPTIONS = (
    "allow_egress",
    "allow_leaks",
    "allow_missing",
    "batch_size",
    "devices",
    "dry_run",
    "limit",
    "protocol",
    "seed",
    "strict",
)


def run(
    models: str | Sequence[str] | None = None,
    suite: str | None = None,
    tasks: str | Sequence[str] | None = None,
    *,
    model_args: Mapping[str, str] | None = None,
    data_root: str | Path | None = None,
    output: str | Path = "runs",
    cache_dir: str | Path | None = None,
    include_path: Sequence[str | Path] = (),
    **options: Any,
) -> RunResult:
    """Run models on tasks, as ``medbench run`` does.

    Args:
        models: names; may be left out when the suite names models.
        options: ``protocol``, ``limit``, ``batch_size``, ``devices``, ``seed``, ``strict``,
            ``allow_missing``, ``allow_leaks``, ``allow_egress``, ``dry_run``: as on the command line.

    Raises:
        UsageError: a name or option that does not exist.
        SpecError: an invalid spec.
        PluginError: a plugin that cannot be opened.

    >>> import medbench
    >>> medbench.run("image-stats", tasks="T1", dry_run=True).not_run[0]["state"]
    'missing'
    """
    for name in options:
        if name not in OPTIONS:
            raise UsageError("MB012", f"unknown option {name!r}", hint=did_you_mean(name, OPTIONS))
    names, task_names = _names(models), _names(tasks)
    if not suite and not task_names:
        raise UsageError("MB016", "name what to run: suite= or tasks=")
    plugins = load_plugins()
    catalogue = Catalogue((*map(Path, include_path), *plugins.task_folders()))
    settings = RunOptions(
        data_root=Path(data_root) if data_root is not None else None,
        output=Path(output),
        cache=Path(cache_dir) if cache_dir is not None else default_cache(),
        **options,
    )
    requests = [ModelRequest(name, model_args or {}) for name in names]
    return execute(prepare_job(catalogue, plugins, requests, suite, task_names, settings), Silent())


def load_task(id_or_path: str | Path) -> Task:
    """A task by id, or by the path of its spec file (which ends in ``.yaml``).

    Raises:
        UsageError: no such task.
        SpecError: the spec is invalid.

    >>> load_task("T5").data.sources
    ('eyepacs-2015', 'aptos-2019')
    """
    return Catalogue().task(str(id_or_path))


def _names(given: str | Sequence[str] | None) -> list[str]:
    return [given] if isinstance(given, str) else list(given or [])
