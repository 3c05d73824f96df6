"""Families with a tiny checkpoint. Light: names alone."""

from __future__ import annotations

__all__ = ["ENCODERS", "VISION_LANGUAGE", "writer"]

VISION_LANGUAGE = (
    "gemma3",
    "idefics2",
    "idefics3",
    "internvl",
    "llava",
    "paligemma",
    "qwen2.5-vl",
    "qwen3-vl",
    "smolvlm",
)
ENCODERS = ("clip", "convnextv2", "dinov2", "dinov3-vit", "siglip", "vit")


def writer(family: str) -> str:
    """``"module:callable"`` that writes the family's tiny checkpoint.

    >>> writer("qwen2.5-vl")
    'medbench_hf.checkpoints.qwen2_5_vl:write'
    """
    return f"medbench_hf.checkpoints.{family.replace('.', '_').replace('-', '_')}:write"
