"""Tiny random checkpoints in the formats that timm and open_clip publish on the hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from medbench.errors import UsageError

__all__ = ["refuse", "write_open_clip", "write_timm"]

SEED = 20231221
CLIP = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 56, "layers": 3, "width": 64, "head_width": 16, "patch_size": 14},
    "text_cfg": {"context_length": 16, "vocab_size": 64, "width": 32, "heads": 2, "layers": 1},
}
PREPARED = {
    "size": 56,
    "mode": "RGB",
    "mean": [0.48145466, 0.4578275, 0.40821073],
    "std": [0.26862954, 0.26130258, 0.27577711],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
    "fill_color": 0,
}
TIMM = {"img_size": 56, "patch_size": 14, "embed_dim": 48, "depth": 3, "num_heads": 3, "num_classes": 5}
TIMM_PREPARED = {
    "input_size": [3, 56, 56],
    "interpolation": "bicubic",
    "crop_pct": 0.9,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "classifier": "head",
}


def write_timm(folder: Path) -> None:
    """A ViT of images of 56 x 56, pooled to 48 values, with a classifier of five classes."""
    import timm
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = timm.create_model("vit_tiny_patch16_224", pretrained=False, **TIMM)
        _save(model, folder / "model.safetensors")
    said = {"architecture": "vit_tiny_patch16_224", "model_args": TIMM, "pretrained_cfg": TIMM_PREPARED}
    (folder / "config.json").write_text(json.dumps(said, indent=2), encoding="utf-8")


def write_open_clip(folder: Path) -> None:
    """A CLIP of images of 56 x 56, pooled to 64 values and projected to 24."""
    import open_clip
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        _save(open_clip.CLIP(**CLIP), folder / "open_clip_model.safetensors")
    said = {"model_cfg": CLIP, "preprocess_cfg": PREPARED}
    (folder / "open_clip_config.json").write_text(json.dumps(said, indent=2), encoding="utf-8")


def refuse(folder: Path) -> NoReturn:  # noqa: ARG001 - the contract names it
    """Where a real architecture is asked for.

    Raises:
        UsageError: MB009, always.
    """
    hint = "--model timm:tiny/vit, or --model open_clip:tiny/clip"
    raise UsageError("MB009", "no tiny checkpoint is made of a published architecture", "--model", hint)


def _save(model: Any, file: Path) -> None:
    import torch
    from safetensors.torch import save_file

    with torch.no_grad():
        for value in model.parameters():
            # a fresh network's spread is so small that images hardly differ
            if value.ndim > 1:
                value.normal_(std=0.2)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, str(file))
