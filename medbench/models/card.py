"""What a plugin says about a model before anything of it is opened."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.machinery import PathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, cast

from medbench.errors import PluginError

if TYPE_CHECKING:
    from medbench.models.contract import Handle

__all__ = ["Capability", "ModelCard", "OpenOptions", "resolve"]

Capability = Literal["activations", "generate", "option_loglikelihood"]


@dataclass(frozen=True)
class OpenOptions:
    """How a model is to be opened; every field that can change an output ends in the identity.

    Attributes:
        path: folder of local weights; ``None`` looks for ``address`` in the local hub cache.
        address: another address than the card's.
        revision: another revision than the card's.
        dtype: ``float32``, ``bfloat16`` or ``float16``; ``None`` leaves it to the plugin's default.
        quantization: ``int8`` where the plugin offers it.
        offline: ``False`` allows a download; the user must ask for it.
        extra: further ``--model-args`` that the plugin declares in ``ModelCard.arguments``.
    """

    path: str | None = None
    address: str | None = None
    revision: str | None = None
    dtype: str | None = None
    quantization: str | None = None
    offline: bool = True
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelCard:
    """A model as its plugin announces it: light, no import of torch, no file opened.

    Attributes:
        name: unique, ``[a-z0-9.-]+``.
        opener: ``"module:callable"``; called with ``OpenOptions``, returns a ``Handle``.
        capabilities: what the model can be asked for.
        requires: importable modules that the opener needs.
        extra: the extra of ``medbench`` (or the pip requirement) that brings ``requires``.
        arguments: names of further ``--model-args`` that the opener understands.
        blocks, width: sizes of the published decoder; weights of another size are not this model.
        quantizations: values of ``quantization`` that the opener understands.
        checkpoint_writer: ``"module:callable"`` that writes a tiny random checkpoint of this architecture
            into a folder (``medbench new checkpoint``); empty where the model has no weights.
        row_seeds: the draws of a row depend on its own seed only.
        egress: ``remote`` when images leave the machine.
        training_cutoff: ISO date after which nothing was seen in training; empty when unknown.
    """

    name: str
    opener: str
    capabilities: frozenset[Capability]
    summary: str = ""
    aliases: tuple[str, ...] = ()
    address: str = ""
    revision: str = ""
    licence: str = ""
    parameters: int | None = None
    inputs: frozenset[Literal["image", "images", "volume"]] = frozenset({"image"})
    row_seeds: bool = True
    egress: Literal["none", "remote"] = "none"
    training_cutoff: str = ""
    training_data: str = ""
    cite: str = ""
    requires: tuple[str, ...] = ()
    extra: str = ""
    arguments: tuple[str, ...] = ()
    quantizations: tuple[str, ...] = ()
    blocks: int | None = None
    width: int | None = None
    checkpoint_writer: str = ""
    needs_weights: bool = True

    def missing_modules(self) -> list[str]:
        """Modules of ``requires`` that are not installed, found without importing them."""
        return [name for name in self.requires if not _installed(name)]

    def open(self, options: OpenOptions) -> Handle:
        """Open config and processor, no weights.

        The opener gets the card's address and revision where the options name no other address.

        Raises:
            DataError: the weights are not on this machine.
            PluginError: the opener cannot be imported.
        """
        if options.address is None:
            revision = options.revision or self.revision or None
            options = replace(options, address=self.address or None, revision=revision)
        return cast("Handle", resolve(self.opener, self.name)(options))


def _installed(name: str) -> bool:
    """Whether a module is there; ``find_spec`` of a dotted name would import what stands before the dot."""
    if name in sys.modules:
        return True
    first, *rest = name.split(".")
    spec = getattr(sys.modules[first], "__spec__", None) if first in sys.modules else find_spec(first)
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return False
        spec = PathFinder.find_spec(f"{spec.name}.{part}", spec.submodule_search_locations)
    return spec is not None


def resolve(target: str, model: str) -> Callable[..., object]:
    """Import ``"module:callable"``; a fault in it is the plugin's, and says so."""
    module, _, attribute = target.partition(":")
    try:
        return cast("Callable[..., object]", getattr(importlib.import_module(module), attribute))
    except (ImportError, AttributeError) as fault:
        raise PluginError("MB701", f"{target} cannot be imported: {fault}", where=model) from fault
