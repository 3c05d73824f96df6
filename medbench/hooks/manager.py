"""Safe plugin loading: one broken plugin never takes the harness or another plugin with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from medbench.errors import PluginError, UsageError, UserError, did_you_mean
from medbench.hooks import hookspecs
from medbench.hooks.checks import (
    not_a_card,
    not_a_folder,
    not_a_launcher,
    not_an_evaluator,
    not_resolved,
    refuse_other_api,
    refuse_unknown_hooks,
)
from medbench.hooks.guard import Guard
from medbench.hooks.plugin_info import HookCall, PluginInfo, ProvidedModel
from medbench.models import ExtractorCard, LauncherCard, MetricCard, ModelCard

__all__ = ["Plugins"]


class Plugins:
    """All loaded plugins and what they provide."""

    def __init__(self, guard: Guard | None = None) -> None:
        self.found: list[PluginInfo] = []
        self._guard = guard or Guard()
        self._manager = pluggy.PluginManager("medbench")
        self._manager.add_hookspecs(hookspecs)

    @property
    def calls(self) -> list[HookCall]:
        """Every import and every call of a hook so far, in order."""
        return self._guard.calls

    def register(self, info: PluginInfo, load: Callable[[], ModuleType]) -> None:
        """Load one plugin; whatever it raises or prints stays in ``info``."""
        other = next((known for known in self.found if known.name == info.name), None)
        self.found.append(info)
        if other is not None:
            self._guard.blame(info, f"MB703 plugin name {info.name!r} is already taken by {other.package}")
            return
        doing = self._guard.died(info)
        if doing:
            why = f"MB709 medbench ended while its {doing} ran; it is left out this once"
            self._guard.blame(info, why)
            return
        with self._guard.running(info, "import"):
            module = load()
            refuse_other_api(module)
            refuse_unknown_hooks(module)
            self._manager.register(module, name=info.name)
        if info.fault and self._manager.has_plugin(info.name):
            self._manager.unregister(name=info.name)
        info.seconds = self.calls[-1].seconds

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
            with self._guard.running(info, hook):
                result = implementation.function(**taken)
                # a generator runs here, where it is contained
                result = list(result) if isinstance(result, Iterable) else result
            self.calls[-1] = replace(self.calls[-1], gave=info.fault or _amount(result))
            if not info.fault:
                yield info, result

    def _lists(self, hook: str, wrong: Callable[[object], str]) -> Iterator[tuple[PluginInfo, Any]]:
        """Items that plugins list; a plugin with a wrong one gives none at all, whenever it is asked."""
        for info, items in self._call(hook):
            if not isinstance(items, list):
                self._guard.blame(info, f"MB707 {hook} gave {items!r}, not a list")
                continue
            faults = [fault for item in items if (fault := wrong(item))]
            if faults:
                self._guard.blame(info, f"MB707 {hook} gave {faults[0]}")
                continue
            yield from ((info, item) for item in items)

    def _cards(self) -> tuple[dict[str, ProvidedModel], dict[str, list[PluginInfo]]]:
        """Cards by name and alias, and who gives each of them."""
        names: dict[str, ProvidedModel] = {}
        givers: dict[str, list[PluginInfo]] = {}
        for info, card in self._lists("medbench_models", not_a_card):
            for name in (card.name, *card.aliases):
                names.setdefault(name, ProvidedModel(card, info))
                givers.setdefault(name, []).append(info)
        return names, givers

    def models(self) -> dict[str, ProvidedModel]:
        """Cards by name, without those whose name two plugins give: none of the two is taken."""
        names, givers = self._cards()
        return {
            name: provided
            for name, provided in names.items()
            if name == provided.card.name and len(givers[name]) == 1
        }

    def disputed(self) -> list[PluginError]:
        """Names that two plugins give, each an error (MB703) that names both."""
        return [_dispute(name, infos) for name, infos in self._cards()[1].items() if len(infos) > 1]

    def model(self, name: str) -> ProvidedModel:
        """The model of that name or alias, or what the first plugin that knows it resolves it to.

        Raises:
            UsageError: no plugin knows it (MB001).
            PluginError: two plugins give it (MB703); it may be a broken plugin's (MB744).
        """
        names, givers = self._cards()
        if len(givers.get(name, ())) > 1:
            raise _dispute(name, givers[name])
        if name in names:
            return names[name]
        for info, card in self._call("medbench_resolve_model", name=name):
            wrong = not_resolved(card)
            if isinstance(card, ModelCard) and not wrong:
                return ProvidedModel(card, info)
            if wrong:
                self._guard.blame(info, f"MB707 medbench_resolve_model gave {wrong}")
        raise self._unknown(name, list(names))

    def _unknown(self, name: str, known: list[str]) -> UserError:
        """A slip of the user's where a known name is near; else perhaps the model of a broken plugin."""
        near = did_you_mean(name, known)
        broken = [f"{info}: {info.fault}" for info in self.found if info.fault]
        hint = "\n  ".join([near, *broken])
        if broken and not near.startswith("did you mean"):
            return PluginError("MB744", f"unknown model {name!r}, and a plugin is broken", "--model", hint)
        return UsageError("MB001", f"unknown model {name!r}", where="--model", hint=hint)

    def metrics(self) -> dict[str, tuple[MetricCard, PluginInfo]]:
        """Metrics by name, and who gives each.

        Raises:
            PluginError: two plugins give one name (MB703).
        """
        return self._named("medbench_metrics", "metric", partial(not_an_evaluator, MetricCard))

    def extractors(self) -> dict[str, tuple[ExtractorCard, PluginInfo]]:
        """Extractors by name, and who gives each.

        Raises:
            PluginError: two plugins give one name (MB703).
        """
        return self._named("medbench_extractors", "extractor", partial(not_an_evaluator, ExtractorCard))

    def launchers(self) -> dict[str, LauncherCard]:
        """Launchers by name.

        Raises:
            PluginError: two plugins give one name (MB703).
        """
        found = self._named("medbench_launchers", "launcher", not_a_launcher)
        return {name: card for name, (card, _) in found.items()}

    def _named(
        self, hook: str, what: str, wrong: Callable[[object], str]
    ) -> dict[str, tuple[Any, PluginInfo]]:
        found: dict[str, tuple[Any, PluginInfo]] = {}
        for info, card in self._lists(hook, wrong):
            if card.name in found:
                raise _dispute(card.name, [found[card.name][1], info], what)
            found[card.name] = (card, info)
        return found

    def task_folders(self) -> list[Path]:
        """Folders with specs that plugins add."""
        return [Path(folder) for _, folder in self._lists("medbench_tasks", not_a_folder)]


def _dispute(name: str, infos: list[PluginInfo], what: str = "model") -> PluginError:
    return PluginError(
        "MB703",
        f"{what} {name!r} is given twice: by {infos[0]} and {infos[1]}",
        hint="uninstall one of them, or choose with MEDBENCH_PLUGINS=NAME,NAME",
    )


def _amount(result: object) -> str:
    if isinstance(result, list):
        return f"{len(result)} items"
    return "nothing" if result is None else type(result).__name__
