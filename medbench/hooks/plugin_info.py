"""What is known of a plugin, of a model that it gives, and of a call of one of its hooks."""

from __future__ import annotations

from dataclasses import dataclass

from medbench.models import ModelCard

__all__ = ["HookCall", "PluginInfo", "ProvidedModel"]


@dataclass
class PluginInfo:
    """One plugin as found.

    Attributes:
        seconds: how long its import took.
        fault: an error code and what is wrong; empty when it loaded.
    """

    name: str
    package: str
    version: str
    target: str
    seconds: float = 0.0
    fault: str = ""

    def __str__(self) -> str:
        return f"plugin {self.name!r} of {self.package}"


@dataclass(frozen=True)
class ProvidedModel:
    """A model card and the plugin that gave it."""

    card: ModelCard
    plugin: PluginInfo


@dataclass(frozen=True)
class HookCall:
    """One call, for ``medbench list plugins --trace``.

    Attributes:
        hook: its name, or ``import``.
        seconds: how long it took.
        gave: how many items, or the fault.
    """

    hook: str
    plugin: PluginInfo
    seconds: float
    gave: str
