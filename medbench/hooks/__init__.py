"""pluggy: the hooks on one page, and the manager that loads plugins safely."""

from medbench.hooks.guard import Guard
from medbench.hooks.hookspecs import hookimpl, hookspec
from medbench.hooks.loading import load_plugins
from medbench.hooks.manager import Plugins
from medbench.hooks.plugin_info import HookCall, PluginInfo, ProvidedModel

__all__ = [
    "Guard",
    "HookCall",
    "PluginInfo",
    "Plugins",
    "ProvidedModel",
    "hookimpl",
    "hookspec",
    "load_plugins",
]
