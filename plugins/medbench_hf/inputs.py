"""A batch of prompts as tensors, by the model's own processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from medbench.errors import PluginError
from medbench.models import Prompt

if TYPE_CHECKING:
    from medbench_hf.language_handle import LanguageHandle

__all__ = ["image_token_id", "inputs"]

# Made by some processors for training.
UNUSED = ("labels",)
# Their processors raise without images, and in a batch with others write a mark into the text.
NEEDS_IMAGE = ("paligemma",)


def inputs(handle: LanguageHandle, prompts: Sequence[Prompt], padding_side: str) -> dict[str, Any]:
    """Ids and masks (prompts, length) and what the model takes of images, on the CPU.

    Args:
        handle: has the processor.
        prompts: one a row.
        padding_side: ``left`` or ``right``.

    Raises:
        PluginError: MB721, a prompt without an image, where the processor takes none.
    """
    if handle.config.model_type in NEEDS_IMAGE and not all(prompt.images() for prompt in prompts):
        raise PluginError("MB721", "this model takes no prompt without an image", where="hf")
    texts = [handle.render(prompt) for prompt in prompts]
    begin = handle.processor.tokenizer.bos_token or ""
    # As apply_chat_template does: a template that writes the opening token must not get a second one.
    written = bool(begin) and all(text.startswith(begin) for text in texts)
    if begin and not written:
        texts = [text.removeprefix(begin) for text in texts]
    pictures = [[part.image for part in prompt.images()] for prompt in prompts]
    made = handle.processor(
        text=texts,
        images=pictures if any(pictures) else None,
        padding=True,
        padding_side=padding_side,
        add_special_tokens=not written,
        return_tensors="pt",
    )
    return {name: tensor for name, tensor in made.items() if name not in UNUSED}


def image_token_id(config: Any) -> int | None:
    """The id at which image features stand; ``None`` where the config names none."""
    found = getattr(config, "image_token_id", None)
    return found if found is not None else getattr(config, "image_token_index", None)
