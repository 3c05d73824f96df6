"""Safe plugin loading: one broken plugin never takes the harness or another plugin with it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import io
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pluggy

from medbench.errors import PluginError, UsageError, did_you_mean
from medbench.hooks import hookspecs
from medbench.models import ModelCard

__all__ = ["Plugins", "ProvidedModel", "load_plugins"]

GROUP = "medbench"
OWN_PACKAGE = "medbench"
MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass
class PluginInfo:
    """One plugin as found: ``fault`` is empty when it loaded."""

    name: str
    package: str
    version: str
    target: str
    seconds: float = 0.0
    fault: str = ""


@dataclass(frozen=True)
class ProvidedModel:
    """A model card and the plugin that gave it."""

    card: ModelCard
    plugin: PluginInfo


class Plugins:
    """All loaded plugins and what they provide."""

    def __init__(self) -> None:
        self.found: list[PluginInfo] = []
        self._manager = pluggy.PluginManager("medbench")
        self._manager.add_hookspecs(hookspecs)

    def register(self, info: PluginInfo, load: Callable[[], ModuleType]) -> None:
        """Load one plugin; whatever it raises or prints stays in ``info``."""
        self.found.append(info)
        begin = time.perf_counter()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                module = load()
            self._manager.register(module, name=info.name)
            self._refuse_unknown_hooks(module)
        except KeyboardInterrupt:
            raise
        except BaseException as fault:
            info.fault = f"{type(fault).__name__}: {fault}"
            if self._manager.has_plugin(info.name):
                self._manager.unregister(name=info.name)
        info.seconds = time.perf_counter() - begin

    @staticmethod
    def _refuse_unknown_hooks(module: ModuleType) -> None:
        known = {name for name in vars(hookspecs) if name.startswith("medbench_")}
        for name, value in vars(module).items():
            if getattr(value, "medbench_impl", None) and name not in known:
                raise PluginError("MB702", f"unknown hook {name!r}", hint=did_you_mean(name, known))

    def _call(self, hook: str) -> Iterable[tuple[PluginInfo, object]]:
        for info in self.found:
            plugin = None if info.fault else self._manager.get_plugin(info.name)
            implementation = getattr(plugin, hook, None)
            if implementation is None:
                continue
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    results = list(implementation())
            except KeyboardInterrupt:
                raise
            except BaseException as fault:
                info.fault = f"{hook} raised {type(fault).__name__}: {fault}"
                continue
            for result in results:
                yield info, result

    def models(self) -> dict[str, ProvidedModel]:
        """Cards by name.

        Raises:
            PluginError: two plugins give the same name or alias, or a card is not one.
        """
        names: dict[str, ProvidedModel] = {}
        taken: dict[str, PluginInfo] = {}
        for info, card in self._call("medbench_models"):
            if not isinstance(card, ModelCard) or not MODEL_NAME.fullmatch(card.name):
                info.fault = f"medbench_models gave {card!r}, not a ModelCard with a name in [a-z0-9._-]"
                continue
            for name in (card.name, *card.aliases):
                if name in taken:
                    raise PluginError(
                        "MB703",
                        f"model {name!r} is given by two plugins: {taken[name].package} and {info.package}",
                        hint="uninstall one of them, or choose with MEDBENCH_PLUGINS=NAME,NAME",
                    )
                taken[name] = info
            names[card.name] = ProvidedModel(card, info)
        return names

    def model(self, name: str) -> ProvidedModel:
        """The model of that name or alias, or what a plugin resolves it to.

        Raises:
            UsageError: no plugin knows it.
        """
        models = self.models()
        for provided in models.values():
            if name in (provided.card.name, *provided.card.aliases):
                return provided
        card = self._manager.hook.medbench_resolve_model(name=name)
        if card is not None:
            return ProvidedModel(card, self._provider_of(card))
        known = [*models, *(alias for p in models.values() for alias in p.card.aliases)]
        raise UsageError("MB001", f"unknown model {name!r}", where="--model", hint=did_you_mean(name, known))

    def _provider_of(self, card: ModelCard) -> PluginInfo:
        root = card.opener.partition(":")[0].partition(".")[0]
        return next((i for i in self.found if i.target.startswith(root)), self.found[0])

    def task_folders(self) -> list[Path]:
        """Folders with specs that plugins add."""
        return [Path(str(folder)) for _, folder in self._call("medbench_tasks")]


def load_plugins(
    only: Sequence[str] | None = None, files: Sequence[Path] = (), third_party: bool = True
) -> Plugins:
    """Find and load plugins.

    Args:
        only: entry-point names to load (``MEDBENCH_PLUGINS``); ``None`` loads all.
        files: one-off plugin files (``--plugin FILE``).
        third_party: ``False`` leaves out every package but medbench itself (``--no-plugins``).

    Raises:
        UsageError: a name in ``only`` or a file in ``files`` does not exist.
    """
    plugins = Plugins()
    entries = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda e: (e.name, e.value))
    known = [entry.name for entry in entries]
    for name in only or ():
        if name not in known:
            raise UsageError("MB004", f"no plugin {name!r}", "MEDBENCH_PLUGINS", did_you_mean(name, known))
    for entry in entries:
        package = entry.dist.name if entry.dist else "?"
        if (only is not None and entry.name not in only) or (not third_party and package != OWN_PACKAGE):
            continue
        version = entry.dist.version if entry.dist else "?"
        plugins.register(PluginInfo(entry.name, package, version, entry.value), entry.load)
    for file in files:
        if not file.is_file():
            raise UsageError("MB005", "no such plugin file", where=str(file))
        info = PluginInfo(file.stem, str(file), "file", file.stem)
        plugins.register(info, lambda file=file: _load_file(file))  # type: ignore[misc]
    return plugins


def _load_file(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module
