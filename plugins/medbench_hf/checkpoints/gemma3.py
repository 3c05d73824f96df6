"""Gemma 3 (Gemma Team 2025), which MedGemma is tuned from: a SigLIP tower, pooled, and a Gemma decoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes
from medbench_hf.checkpoints.text import decoder, tiny_tokenizer

__all__ = ["write"]

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<start_of_turn>"
    "{{ 'model' if message['role'] == 'assistant' else message['role'] }}\n"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<start_of_image>"
    "{% else %}{{ part['text'] | trim }}{% endif %}{% endfor %}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
NAMED = {"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"}


def write(folder: Path) -> None:
    """Images of 56 x 56 in 4 tokens; three blocks see a window, the fourth everything."""
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3Processor
    from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

    tokenizer = tiny_tokenizer([*NAMED.values(), "<start_of_turn>", "<end_of_turn>"], NAMED)
    marks = {name: tokenizer.convert_tokens_to_ids(mark) for name, mark in NAMED.items()}
    config = Gemma3Config(
        text_config={
            "head_dim": 16,
            "sliding_window": 32,
            "layer_types": [*["sliding_attention"] * 3, "full_attention"],
            "query_pre_attn_scalar": 16,
            **decoder(tokenizer),
        },
        vision_config={"model_type": "siglip_vision_model", "vision_use_head": False, **vision_sizes()},
        mm_tokens_per_image=4,
        boi_token_index=marks["boi_token"],
        eoi_token_index=marks["eoi_token"],
        image_token_index=marks["image_token"],
    )
    images = Gemma3ImageProcessorPil(size={"height": 56, "width": 56})
    processor = Gemma3Processor(images, tokenizer, image_seq_length=4, chat_template=TEMPLATE)
    stops = [2, tokenizer.convert_tokens_to_ids("<end_of_turn>")]
    save(folder, lambda: _open(Gemma3ForConditionalGeneration(config)), processor, stops)


def _open(model: Any) -> Any:
    # transformers draws this weight as zeros, and the image would not show.
    model.model.multi_modal_projector.mm_input_projection_weight.data.normal_(std=0.2)
    return model
