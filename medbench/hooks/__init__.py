"""pluggy: the hooks on one page, and the manager that loads plugins safely."""

from medbench.hooks.hookspecs import hookimpl, hookspec
from medbench.hooks.loading import load_plugins
from medbench.hooks.manager import Plugins, ProvidedModel

__all__ = ["Plugins", "ProvidedModel", "hookimpl", "hookspec", "load_plugins"]
