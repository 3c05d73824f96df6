"""Write a tiny random IDEFICS checkpoint that ``from_pretrained`` loads: to learn the tool, and to test it.

Nothing of the real weights is in it. The gates of the cross-attention are open: with transformers' default
they are zero, and a random model would not see its image.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench.torchkit.quiet import quiet_transformers

__all__ = ["write"]

IMAGE_SIZE, PATCH = 56, 14


def write(folder: Path) -> None:
    """Write config, weights, tokenizer and processor into an existing empty folder; always the same bytes.

    8 blocks of width 64, a gated block before every 4th, 2 vision layers, images of 56 x 56; under 3 MB.
    """
    import torch
    from transformers import GenerationConfig, IdeficsForVisionText2Text, IdeficsProcessor
    from transformers.models.idefics.image_processing_pil_idefics import IdeficsImageProcessorPil

    from medbench_idefics.tiny_tokenizer import tiny_tokenizer

    tokenizer, base_size = tiny_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(20231221)
        model = IdeficsForVisionText2Text(_config(base_size))
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0)
    with quiet_transformers(bar=False):
        model.save_pretrained(folder)
    IdeficsProcessor(IdeficsImageProcessorPil(image_size=IMAGE_SIZE), tokenizer).save_pretrained(folder)


def _config(words: int) -> Any:
    from transformers import IdeficsConfig

    vision = {
        "embed_dim": 32,
        "image_size": IMAGE_SIZE,
        "patch_size": PATCH,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "initializer_range": 0.2,
    }
    resampler = {
        "use_resampler": True,
        "resampler_n_latents": 8,
        "resampler_depth": 1,
        "resampler_n_heads": 2,
        "resampler_head_dim": 16,
        "qk_layer_norms_perceiver": True,
    }
    return IdeficsConfig(
        vocab_size=words,
        additional_vocab_size=3,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=8,
        num_attention_heads=4,
        cross_layer_interval=4,
        use_resampler=True,
        qk_layer_norms=True,
        alpha_initializer="ones",
        # One over the root of the width: with the usual 0.02 so narrow a block does next to nothing.
        initializer_range=0.125,
        vision_config=vision,
        perceiver_config=resampler,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        dtype="float32",
    )
