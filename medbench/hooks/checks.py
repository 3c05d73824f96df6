"""What a plugin module and what its hooks give must be."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from medbench.errors import PluginError, did_you_mean
from medbench.hooks import hookspecs
from medbench.hooks.card_fields import wrong_field
from medbench.models import (
    EXTRACTORS,
    METRICS,
    PLUGIN_API,
    ExtractorCard,
    LauncherCard,
    MetricCard,
    ModelCard,
)

__all__ = [
    "not_a_card",
    "not_a_folder",
    "not_a_launcher",
    "not_resolved",
    "refuse_other_api",
    "refuse_unknown_hooks",
]

MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
BUILT_IN = ("inline", "env")
"""What ``--launch`` knows without any plugin: this process, and whoever started it."""
EVALUATOR_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*:[a-z0-9][a-z0-9_/.-]*")


def refuse_other_api(module: ModuleType) -> None:
    """A plugin may say ``plugin_api = 1`` in its module; what it says must be what this medbench speaks.

    Raises:
        PluginError: it says another number (MB743).
    """
    said = getattr(module, "plugin_api", PLUGIN_API)
    if said != PLUGIN_API:
        message = f"it is written for plugin_api {said!r}; this medbench has {PLUGIN_API}"
        raise PluginError("MB743", message, hint="upgrade whichever is older")


def refuse_unknown_hooks(module: ModuleType) -> None:
    """Every marked function is a hook, and every function named like a hook is marked.

    Raises:
        PluginError: one is not (MB702).
    """
    known = {name for name in vars(hookspecs) if name.startswith("medbench_")}
    for name, value in list(vars(module).items()):
        marked = getattr(value, "medbench_impl", None)
        if marked and (marked.get("specname") or name) not in known:
            raise PluginError("MB702", f"unknown hook {name!r}", hint=did_you_mean(name, known))
        if not marked and name in known and getattr(value, "__module__", "") == module.__name__:
            raise PluginError("MB702", f"{name} is not marked with @medbench.hooks.hookimpl")


def not_a_card(item: object) -> str:
    """Why an item of ``medbench_models`` cannot be taken; empty when it can."""
    if not isinstance(item, ModelCard):
        return f"{item!r}, not a ModelCard"
    wrong = wrong_field(item)
    if wrong:
        return wrong
    names = [item.name, *item.aliases]
    bad = [name for name in names if not isinstance(name, str) or not MODEL_NAME.fullmatch(name)]
    if bad:
        return f"the name {bad[0]!r}; a name is made of [a-z0-9._-]"
    return f"a name of {item.name!r} twice" if len(set(names)) < len(names) else ""


def not_resolved(item: object) -> str:
    """Why what ``medbench_resolve_model`` gave cannot be taken; empty for ``None`` and where it can."""
    if isinstance(item, ModelCard):
        return wrong_field(item)
    return "" if item is None else f"{item!r}, not a ModelCard"


def not_a_folder(item: object) -> str:
    """Why an item of ``medbench_tasks`` cannot be taken; empty when it can."""
    sound = isinstance(item, str | Path) and Path(item).is_dir()
    return "" if sound else f"{str(item)!r}, which is no folder"


def not_a_launcher(item: object) -> str:
    """Why an item of ``medbench_launchers`` cannot be taken; empty when it can."""
    if not isinstance(item, LauncherCard):
        return f"{item!r}, not a LauncherCard"
    if not isinstance(item.name, str) or not MODEL_NAME.fullmatch(item.name) or item.name in BUILT_IN:
        return (
            f"the name {item.name!r}; a name is made of [a-z0-9._-], and {' and '.join(BUILT_IN)} are taken"
        )
    return ""


def not_an_evaluator(kind: type[MetricCard | ExtractorCard], item: object) -> str:
    """Why an item of ``medbench_metrics`` or ``medbench_extractors`` cannot be taken; empty when it can."""
    if not isinstance(item, kind):
        return f"{item!r}, not a {kind.__name__}"
    if item in (*METRICS.values(), *EXTRACTORS.values()):
        return ""
    form = "PLUGIN:METRIC" if kind is MetricCard else "PLUGIN:EXTRACTOR/VERSION"
    return "" if EVALUATOR_NAME.fullmatch(item.name) else f"the name {item.name!r}; a name is like {form}"
