"""The image tower of a model of open_clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import open_clip
import torch
from open_clip.transform import PreprocessCfg, image_transform_v2

from medbench.errors import UsageError, did_you_mean
from medbench_hf.libraries.filling import refuse_damaged
from medbench_hf.libraries.networks import Network

__all__ = ["build", "pretrained_config"]


def pretrained_config(name: str, tag: str | None) -> dict[str, Any]:
    """What open_clip says of the weights ``tag`` of an architecture; empty without a tag.

    Raises:
        UsageError: MB007, it has no such architecture or no such weights of it.
    """
    if name not in open_clip.list_models():
        hint = did_you_mean(name, open_clip.list_models())
        raise UsageError("MB007", f"open_clip has no model {name!r}", "--model", hint)
    if tag is None:
        return {}
    tags = open_clip.list_pretrained_tags_by_model(name)
    if tag not in tags:
        message = f"open_clip has no weights {tag!r} of {name}"
        raise UsageError("MB007", message, "--model-args pretrained=", did_you_mean(tag, tags))
    return dict(open_clip.get_pretrained_cfg(name, tag))


def build(name: str, said: dict[str, Any]) -> Network:
    """The model with random weights; ``said`` is from ``pretrained_config``.

    ``projected`` is what ``encode_image`` gives, not normalised; ``pooled`` the same before the projection;
    ``cls`` and ``mean`` are the class token and the mean of the patches after the last norm. Those three are
    read where the tower is open_clip's own vision transformer.
    """
    quick = bool(said.get("quick_gelu", False))
    none = {"load_weights": False, "pretrained_text": False, "pretrained_image": False}
    device = torch.get_default_device()
    model = open_clip.create_model(name, force_quick_gelu=quick, device=device, **none).eval()
    prepared = {**model.visual.preprocess_cfg}
    prepared |= {k: said[k] for k in ("mean", "std", "interpolation", "resize_mode") if said.get(k)}
    transform = image_transform_v2(PreprocessCfg(**prepared), is_train=False)

    def fill(file: Path) -> None:
        with refuse_damaged(file):
            open_clip.load_checkpoint(model, str(file), strict=True, weights_only=True)

    size = model.visual.image_size
    height, width = size if isinstance(size, tuple | list) else (size, size)
    side = (3, int(height), int(width))
    construction = {"quick_gelu": quick, "config": _config(name)}
    return Network(model, fill, transform, lambda pixels: _read(model, pixels), prepared, side, construction)


def _config(name: str) -> Any:
    """The library's own config of an architecture, or that of a folder."""
    if not name.startswith("local-dir:"):
        return open_clip.get_model_config(name)
    file = Path(name.removeprefix("local-dir:")) / "open_clip_config.json"
    return json.loads(file.read_text(encoding="utf-8")).get("model_cfg")


def _read(model: Any, pixels: Any) -> dict[str, Any]:
    tower = model.visual
    if not isinstance(tower, open_clip.transformer.VisionTransformer) or tower.proj is None:
        return {"projected": model.encode_image(pixels)}
    seen: list[Any] = []
    pool = tower._global_pool

    def watched(states: Any) -> Any:
        seen[:] = pool(states)
        return tuple(seen)

    tower._global_pool = watched
    try:
        projected = model.encode_image(pixels)
    finally:
        del tower._global_pool
    # some towers pool before the last norm, or by attention: there only the projection is well defined
    if tower.attn_pool is not None or tower.final_ln_after_pool or tower.pool_type != "tok":
        return {"projected": projected}
    pooled, patches = seen
    return {"projected": projected, "pooled": pooled, "cls": pooled, "mean": patches.mean(dim=1)}
