"""What can be read of an image encoder, by family."""

from __future__ import annotations

from typing import Any

from medbench.errors import UsageError, did_you_mean

__all__ = ["CONVOLUTIONAL", "asked", "leading_tokens", "output_names", "vision_config", "width"]

# Tokens before those of patches; the first is the class token. Registers are counted in the config.
LEADING = {
    "clip": 1,
    "clip_vision_model": 1,
    "deit": 2,
    "dinov2": 1,
    "dinov2_with_registers": 1,
    "dinov3_vit": 1,
    "siglip": 0,
    "siglip_vision_model": 0,
    "vit": 1,
}
CONVOLUTIONAL = ("convnext", "convnextv2", "dinov3_convnext", "regnet", "resnet")
WITH_MEAN = (*LEADING, *CONVOLUTIONAL, "swin", "swinv2")
PROJECTED = ("clip",)


def output_names(config: Any) -> tuple[str, ...]:
    """``pooled`` of each encoder; ``cls``, ``mean``, ``projected`` where the family has them."""
    kind = config.model_type
    cls = ("cls",) if LEADING.get(kind, 0) else ()
    mean = ("mean",) if kind in WITH_MEAN else ()
    return ("pooled", *cls, *mean, *(("projected",) if kind in PROJECTED else ()))


def asked(names: tuple[str, ...], said: str | None) -> tuple[str, ...]:
    """All of ``names``, or the one that ``--model-args pooling=`` says.

    Raises:
        UsageError: MB007, the encoder has no such output.
    """
    if said is None:
        return names
    if said not in names:
        raise UsageError(
            "MB007", f"no output {said!r} here", "--model-args pooling=", did_you_mean(said, names)
        )
    return (said,)


def leading_tokens(config: Any) -> int:
    """Tokens before the first patch: class token and registers."""
    return LEADING.get(config.model_type, 0) + int(getattr(config, "num_register_tokens", 0) or 0)


def vision_config(config: Any) -> Any:
    """The image tower's part of a config with two towers; else the config."""
    return getattr(config, "vision_config", None) or config


def width(config: Any, output: str) -> int:
    """Length of an output."""
    if output == "projected":
        return int(config.projection_dim)
    vision = vision_config(config)
    sizes = getattr(vision, "hidden_sizes", None)
    return int(sizes[-1] if sizes else vision.hidden_size)
