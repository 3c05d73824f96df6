"""From a folder to a handle: its config says whether it is a vision-language model or an encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench.errors import DataError, PluginError
from medbench.models import OpenOptions
from medbench.torchkit import local_checkpoint
from medbench.torchkit.quiet import quiet_transformers
from medbench_hf.encoder_handle import EncoderHandle
from medbench_hf.language_handle import LanguageHandle

__all__ = ["open_address", "open_tiny"]

OWN_PLUGIN = {"idefics": "IDEFICS v1 has a plugin of its own: --model idefics-80b or idefics-9b"}


def open_address(options: OpenOptions) -> LanguageHandle | EncoderHandle:
    """Open what ``options.path`` holds, else what the hub's cache has of ``options.address``.

    Raises:
        DataError: MB651 to MB656, see ``local_checkpoint``.
        PluginError: MB723, a quantisation; MB732, a kind of model that this plugin cannot run.
        UsageError: MB007, MB071, an argument with a value that it does not take.
    """
    if options.quantization is not None:
        message = f"quantization {options.quantization!r} is not offered by this plugin"
        raise PluginError(
            "MB723", message, "--model-args quantization=", "leave it out, or use dtype=bfloat16"
        )
    folder = local_checkpoint(options, options.address or "")
    config = _config(folder)
    if _is_language(config):
        return LanguageHandle(folder, config, options)
    if _is_encoder(config):
        return EncoderHandle(folder, config, options)
    message = f"models of type {config.model_type!r} take no image, or not as this plugin gives it"
    raise PluginError("MB732", message, where=_name(options), hint=OWN_PLUGIN.get(config.model_type, ""))


def open_tiny(options: OpenOptions) -> LanguageHandle | EncoderHandle:
    """Open a tiny checkpoint: made on this machine, in no hub.

    Raises:
        DataError: MB652, no path is given; else as ``open_address``.
    """
    if options.path is None:
        hint = "medbench new checkpoint --model hf:tiny/FAMILY --output DIR, then --model-args path=DIR"
        raise DataError("MB652", "a tiny checkpoint is made, not downloaded", hint=hint)
    return open_address(options)


def _config(folder: Path) -> Any:
    from transformers import AutoConfig

    try:
        with quiet_transformers(bar=False):
            return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (ValueError, KeyError, TypeError) as fault:
        # A type that transformers does not know, or one whose code would come with the weights.
        reason = str(fault).strip().splitlines()[0]
        raise PluginError(
            "MB732", f"transformers cannot read this config: {reason}", where=str(folder)
        ) from fault


def _is_language(config: Any) -> bool:
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES

    known = config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    return known and config.model_type not in OWN_PLUGIN and not config.is_encoder_decoder


def _is_encoder(config: Any) -> bool:
    from transformers.models.auto.image_processing_auto import IMAGE_PROCESSOR_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES

    of_another_kind = config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    return config.model_type in (*IMAGE_PROCESSOR_MAPPING_NAMES, *VISION_TOWERS) and not of_another_kind


def _name(options: OpenOptions) -> str:
    return options.address or options.path or "hf"


VISION_TOWERS = ("clip_vision_model", "siglip_vision_model")
