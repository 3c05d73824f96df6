"""PaliGemma (Beyer et al. 2024): a SigLIP tower, a linear layer, a Gemma decoder."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes
from medbench_hf.checkpoints.text import decoder, tiny_tokenizer, turns

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56 in 16 tokens.

    It has a chat template, so that all can be tried; the folders that Google published have none.
    """
    from transformers import PaliGemmaConfig, PaliGemmaForConditionalGeneration, PaliGemmaProcessor
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    tokenizer = tiny_tokenizer(["<image>"], {"image_token": "<image>"})
    images = SiglipImageProcessorPil(size={"height": 56, "width": 56})
    images.image_seq_length = 16
    processor = PaliGemmaProcessor(images, tokenizer, chat_template=turns("<image>", ""))
    config = PaliGemmaConfig(
        text_config={"model_type": "gemma", "head_dim": 16, **decoder(tokenizer)},
        vision_config={"model_type": "siglip_vision_model", "vision_use_head": False, **vision_sizes()},
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        projection_dim=64,
        hidden_size=64,
    )
    save(folder, lambda: PaliGemmaForConditionalGeneration(config), processor, stops=[2])
