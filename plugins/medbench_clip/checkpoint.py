"""Write a tiny random CLIP checkpoint that ``from_pretrained`` loads: to learn the tool, and to test it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench.torchkit.quiet import quiet_transformers

__all__ = ["write"]

IMAGE_SIZE = 56


def write(folder: Path) -> None:
    """Write config, weights, tokenizer and processor into an existing empty folder; always the same bytes.

    Vision: 2 layers of width 48, patch 14, images of 56 x 56; text: 1 layer of width 32; projected to 24.
    """
    import torch
    from transformers import CLIPModel, CLIPProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(20231221)
        model = CLIPModel(_config())
    with quiet_transformers(bar=False):
        model.save_pretrained(folder)
    side = {"height": IMAGE_SIZE, "width": IMAGE_SIZE}
    images = CLIPImageProcessorPil(size={"shortest_edge": IMAGE_SIZE}, crop_size=side)
    CLIPProcessor(images, _tokenizer()).save_pretrained(folder)


def _config() -> Any:
    from transformers import CLIPConfig

    vision = {
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": IMAGE_SIZE,
        "patch_size": 14,
        "projection_dim": 24,
    }
    text = {
        "vocab_size": 258,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 16,
        "projection_dim": 24,
        "bos_token_id": 256,
        "eos_token_id": 257,
        "pad_token_id": 257,
    }
    # With the usual factor of 1 so small a model gives nearly the same vector for every image.
    return CLIPConfig(
        text_config=text | {"initializer_factor": 8.0},
        vision_config=vision | {"initializer_factor": 8.0},
        projection_dim=24,
        initializer_factor=8.0,
        dtype="float32",
    )


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {letter: number for number, letter in enumerate(letters)}
    words |= {"<|startoftext|>": len(letters), "<|endoftext|>": len(letters) + 1}
    bpe = Tokenizer(models.BPE(vocab=words, merges=[], unk_token="<|endoftext|>"))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<|startoftext|>",
        eos_token="<|endoftext|>",
        unk_token="<|endoftext|>",
        pad_token="<|endoftext|>",
    )
