"""Every hook a plugin may implement. Hooks give records and have no side effects.

A plugin is an installed package with an entry point in the group ``medbench`` whose value is a module;
the module's functions carry ``@medbench.hooks.hookimpl``. Importing that module must stay light: no torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pluggy

from medbench.models import ExtractorCard, LauncherCard, MetricCard, ModelCard

__all__ = ["hookimpl", "hookspec"]

hookspec = pluggy.HookspecMarker("medbench")
hookimpl = pluggy.HookimplMarker("medbench")


@hookspec
def medbench_models() -> Iterable[ModelCard]:  # type: ignore[empty-body]
    """Models that this plugin provides."""


@hookspec(firstresult=True)
def medbench_resolve_model(name: str) -> ModelCard | None:
    """A card for a name that no plugin lists, such as ``hf:ORG/NAME``; ``None`` when it is another's."""


@hookspec
def medbench_tasks() -> Iterable[Path]:  # type: ignore[empty-body]
    """Folders with task and suite specs that this plugin provides."""


@hookspec
def medbench_metrics() -> Iterable[MetricCard]:  # type: ignore[empty-body]
    """Metrics of probe tasks that this plugin provides; a third party's are named ``PLUGIN:METRIC``."""


@hookspec
def medbench_extractors() -> Iterable[ExtractorCard]:  # type: ignore[empty-body]
    """Ways to read an answer from a reply; a third party's are named ``PLUGIN:EXTRACTOR/VERSION``."""


@hookspec
def medbench_launchers() -> Iterable[LauncherCard]:  # type: ignore[empty-body]
    """Engines of ``run --launch`` that this plugin provides."""
