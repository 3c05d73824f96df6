"""Safe plugin loading: one broken plugin never takes the harness or another plugin with it."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from medbench.errors import PluginError, UsageError, did_you_mean
from medbench.hooks import hookspecs
from medbench.hooks.checks import not_a_card, not_a_folder, refuse_unknown_hooks
from medbench.models import ModelCard

__all__ = ["PluginInfo", "Plugins", "ProvidedModel"]


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
        other = next((known for known in self.found if known.name == info.name), None)
        self.found.append(info)
        if other is not None:
            info.fault = f"plugin name {info.name!r} is already taken by {other.package}"
            return
        begin = time.perf_counter()
        with _contained(info, "import"):
            module = load()
            refuse_unknown_hooks(module)
            self._manager.register(module, name=info.name)
        if info.fault and self._manager.has_plugin(info.name):
            self._manager.unregister(name=info.name)
        info.seconds = time.perf_counter() - begin

    def _call(self, hook: str, **arguments: object) -> Iterator[tuple[PluginInfo, object]]:
        """What each sound plugin's implementation returns, in the order found."""
        implementations = {
            impl.plugin_name: impl for impl in getattr(self._manager.hook, hook).get_hookimpls()
        }
        for info in self.found:
            if info.fault or info.name not in implementations:
                continue
            implementation = implementations[info.name]
            taken = {name: arguments[name] for name in implementation.argnames}
            result = None
            with _contained(info, hook):
                result = implementation.function(**taken)
                # a generator runs here, where it is contained
                result = list(result) if isinstance(result, Iterable) else result
            if not info.fault:
                yield info, result

    def _lists(self, hook: str, wrong: Callable[[object], str]) -> Iterator[tuple[PluginInfo, Any]]:
        """Items that plugins list; a plugin with a wrong one gives none at all, whenever it is asked."""
        for info, items in self._call(hook):
            if not isinstance(items, list):
                info.fault = f"{hook} gave {items!r}, not a list"
                continue
            faults = [fault for item in items if (fault := wrong(item))]
            if faults:
                info.fault = f"{hook} gave {faults[0]}"
                continue
            yield from ((info, item) for item in items)

    def models(self) -> dict[str, ProvidedModel]:
        """Cards by name.

        Raises:
            PluginError: a name or alias is given twice.
        """
        names: dict[str, ProvidedModel] = {}
        taken: dict[str, PluginInfo] = {}
        for info, card in self._lists("medbench_models", not_a_card):
            for name in (card.name, *card.aliases):
                if name in taken:
                    raise PluginError(
                        "MB703",
                        f"model {name!r} is given twice: by {_who(taken[name])} and {_who(info)}",
                        hint="uninstall one of them, or choose with MEDBENCH_PLUGINS=NAME,NAME",
                    )
                taken[name] = info
            names[card.name] = ProvidedModel(card, info)
        return names

    def model(self, name: str) -> ProvidedModel:
        """The model of that name or alias, or what the first plugin that knows it resolves it to.

        Raises:
            UsageError: no plugin knows it.
        """
        models = self.models()
        for provided in models.values():
            if name in (provided.card.name, *provided.card.aliases):
                return provided
        for info, card in self._call("medbench_resolve_model", name=name):
            if isinstance(card, ModelCard):
                return ProvidedModel(card, info)
            if card is not None:
                info.fault = f"medbench_resolve_model gave {card!r}, not a ModelCard"
        known = [*models, *(alias for p in models.values() for alias in p.card.aliases)]
        broken = [f"{info.name}: {info.fault}" for info in self.found if info.fault]
        hint = "\n  ".join([did_you_mean(name, known), *(f"plugin {line}" for line in broken)])
        raise UsageError("MB001", f"unknown model {name!r}", where="--model", hint=hint)

    def task_folders(self) -> list[Path]:
        """Folders with specs that plugins add."""
        return [Path(folder) for _, folder in self._lists("medbench_tasks", not_a_folder)]


@contextlib.contextmanager
def _contained(info: PluginInfo, doing: str) -> Iterator[None]:
    """Whatever a plugin raises becomes its fault, and what it prints is dropped; Ctrl-C is the user's."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    except KeyboardInterrupt:
        raise
    except BaseException as fault:
        info.fault = f"{doing} raised {type(fault).__name__}: {fault}"


def _who(info: PluginInfo) -> str:
    return f"plugin {info.name!r} of {info.package}"
