"""Tiny checkpoints of every family and, beside each, what plain transformers makes of the same prompts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from medbench.models import ImagePart, OpenOptions, Prompt
from medbench.models.card import resolve
from medbench_hf.families import VISION_LANGUAGE, writer
from medbench_hf.plugin import medbench_resolve_model

__all__ = ["VISION_LANGUAGE", "folder", "handle", "messages", "plain_inputs", "plain_model"]

_keep: list[TemporaryDirectory] = []


@cache
def folder(family: str) -> Path:
    """A checkpoint of the family, written once a process."""
    _keep.append(TemporaryDirectory())
    place = Path(_keep[-1].name)
    resolve(writer(family), family)(place)
    return place


def handle(family: str, **options):
    card = medbench_resolve_model(f"hf:tiny/{family}")
    assert card is not None
    return card.open(OpenOptions(path=str(folder(family)), **options))


@cache
def plain_model(family: str):
    from transformers import AutoModelForImageTextToText

    return AutoModelForImageTextToText.from_pretrained(folder(family)).eval()


@cache
def plain_processor(family: str):
    """The stock one; ours where its video part would need torchvision."""
    from transformers import AutoProcessor

    if family in ("qwen2.5-vl", "qwen3-vl", "internvl", "smolvlm"):
        return handle(family).processor
    return AutoProcessor.from_pretrained(folder(family), backend="pil")


def messages(prompt: Prompt) -> list[dict]:
    """The prompt as transformers documents chats, with the images in it."""

    def part(part):
        if isinstance(part, ImagePart):
            return {"type": "image", "image": part.image}
        return {"type": "text", "text": part}

    return [{"role": turn.role, "content": [part(p) for p in turn.parts]} for turn in prompt.turns]


def plain_inputs(family: str, prompt: Prompt) -> dict[str, torch.Tensor]:
    """One chat prompt by ``apply_chat_template`` from turns to tensors: none of the plugin's code."""
    made = plain_processor(family).apply_chat_template(
        messages(prompt), tokenize=True, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    return {name: tensor for name, tensor in made.items() if name != "labels"}
