"""Loading by an auto class, with words for what transformers refuses."""

from __future__ import annotations

from typing import Any

from medbench.errors import PluginError
from medbench.torchkit.loading import load_whole

__all__ = ["load_as_asked"]


def load_as_asked(architecture: Any, handle: Any, **options: Any) -> Any:
    """``load_whole`` of the handle's folder, with the handle's attention.

    Raises:
        DataError: MB655, MB656, see ``load_whole``.
        PluginError: MB734, the model does not have this attention; MB732, the auto class does not know it.
        MemoryError: the model does not fit.
    """
    if handle.attention != "none":
        options["attn_implementation"] = handle.attention
    try:
        return load_whole(architecture, handle.folder, **options)
    except (ValueError, ImportError) as fault:
        reason = " ".join(str(fault).split())[:300]
        if "does not support an attention implementation" in reason:
            message = f"this model does not have the attention {handle.attention!r}"
            hint = "--model-args attention=eager"
            raise PluginError("MB734", message, where="--model-args attention=", hint=hint) from fault
        raise PluginError("MB732", f"transformers cannot load this model: {reason}", where="hf") from fault
