"""An encoder of timm without its classifier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm
from timm.data import create_transform, resolve_model_data_config

from medbench.errors import DataError, UsageError, did_you_mean
from medbench_hf.libraries.filling import filled, refuse_damaged
from medbench_hf.libraries.networks import Network

__all__ = ["build", "folder_config", "hub_address", "known"]


def known(name: str) -> None:
    """Refuse a name that timm does not have.

    Raises:
        UsageError: MB007, with the nearest name.
    """
    bare = name.partition(".")[0]
    if not timm.is_model(bare):
        hint = did_you_mean(bare, timm.list_models())
        raise UsageError("MB007", f"timm has no model {bare!r}", "--model", hint)


def hub_address(name: str) -> str:
    """``ORG/NAME`` of the weights that timm names; empty where it names none on the hub."""
    found = timm.get_pretrained_cfg(name)
    address = str(found.hf_hub_id or "") if found else ""
    return address + name if address.endswith("/") else address


def folder_config(folder: Path) -> Mapping[str, Any]:
    """``config.json`` of a checkpoint folder in timm's format; empty where there is none.

    Raises:
        DataError: MB656, it is damaged.
    """
    file = folder / "config.json"
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise DataError("MB656", f"config.json is damaged: not JSON ({fault})", str(folder)) from fault
    return found if "architecture" in found else {}


def build(name: str, said: Mapping[str, Any]) -> Network:
    """The network with random weights; ``said`` is a folder's ``config.json``.

    ``pooled`` is ``forward_head(forward_features(x), pre_logits=True)``; ``cls`` the first of the prefix
    tokens where there is a class token; ``mean`` the mean of the patches, or of the map.
    """
    arguments = dict(said.get("model_args") or {})
    if said.get("pretrained_cfg"):
        arguments["pretrained_cfg_overlay"] = dict(said["pretrained_cfg"])
    construction = {"model_args": dict(said.get("model_args") or {})}
    model = timm.create_model(name, pretrained=False, **{**arguments, "num_classes": 0}).eval()
    data = resolve_model_data_config(model)
    classifier = model.pretrained_cfg.get("classifier") or ()
    heads = (classifier,) if isinstance(classifier, str) else tuple(classifier)

    def fill(file: Path) -> None:
        with refuse_damaged(file):
            values = timm.models.load_state_dict(str(file), weights_only=True)
        # the classifier is not built: its size is that of somebody's classes
        kept = {k: v for k, v in values.items() if not any(k.startswith(f"{head}.") for head in heads)}
        filled(model, kept, name)

    def read(pixels: Any) -> dict[str, Any]:
        states = model.forward_features(pixels)
        return {"pooled": model.forward_head(states, pre_logits=True), **_more(model, states)}

    prepare = create_transform(**data, is_training=False)
    return Network(model, fill, prepare, read, data, tuple(data["input_size"]), construction)


def _more(model: Any, states: Any) -> dict[str, Any]:
    if states.ndim == 4:
        axes = (1, 2) if str(getattr(model, "output_fmt", "NCHW")).endswith("NHWC") else (2, 3)
        return {"mean": states.mean(dim=axes)}
    if states.ndim != 3:
        return {}
    prefix = int(getattr(model, "num_prefix_tokens", 0))
    cls = {"cls": states[:, 0]} if prefix and getattr(model, "cls_token", None) is not None else {}
    return {**cls, "mean": states[:, prefix:].mean(dim=1)}
