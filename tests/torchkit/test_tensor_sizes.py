"""Sizes of weights from file headers, and configs cut after a block."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file

from medbench.errors import DataError
from medbench.torchkit.tensor_sizes import tensor_sizes
from medbench.torchkit.truncated import shortened

WEIGHTS = {
    "a.weight": torch.zeros(3, 4),
    "b": torch.zeros(5, dtype=torch.bfloat16),
    "scalar": torch.tensor(1.0),
}


def test_sizes_are_those_of_the_tensors_in_one_file_or_several(tmp_path):
    expected = {name: tensor.numel() for name, tensor in WEIGHTS.items()}
    save_file(WEIGHTS, tmp_path / "model.safetensors", metadata={"format": "pt"})
    assert tensor_sizes(tmp_path) == expected
    (tmp_path / "model.safetensors").unlink()
    for number, (name, tensor) in enumerate(WEIGHTS.items()):
        save_file({name: tensor}, tmp_path / f"part-{number}.safetensors")
    parts = {name: f"part-{number}.safetensors" for number, name in enumerate(WEIGHTS)}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    assert tensor_sizes(tmp_path) == expected


def test_weights_of_the_old_format_are_not_looked_into(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"anything")
    assert tensor_sizes(tmp_path) == {}


@pytest.mark.parametrize("content", [b"", b"\x04\0\0\0\0\0\0\0[[[[", b"\x02\0\0\0\0\0\0\0[]", b"\xff" * 40])
def test_a_damaged_header_is_named(tmp_path, content):
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(DataError, match="MB656"):
        tensor_sizes(tmp_path)


def test_a_shortened_config_cuts_lists_of_blocks_and_leaves_the_original():
    from transformers import Gemma3Config

    kinds = ["sliding_attention", "full_attention", "sliding_attention", "full_attention"]
    whole = Gemma3Config(text_config={"num_hidden_layers": 4, "layer_types": kinds})
    vision = whole.vision_config.num_hidden_layers
    part = shortened(whole, 3)
    assert part.text_config.num_hidden_layers == 3 and part.text_config.layer_types == kinds[:3]
    assert whole.text_config.num_hidden_layers == 4 and whole.text_config.layer_types == kinds
    assert part.vision_config.num_hidden_layers == vision


TIED = {
    "gemma3n": {"num_kv_shared_layers": 4, "laurel_rank": 4, "activation_sparsity_pattern": None},
    "gemma4": {"num_kv_shared_layers": 4, "hidden_size_per_layer_input": 8},
    "gemma4 without sharing": {"num_kv_shared_layers": 0, "hidden_size_per_layer_input": 8},
}


@pytest.mark.parametrize("name", TIED)
def test_blocks_that_share_keys_or_embeddings_are_loaded_whole_and_read_the_same(name):
    import torch
    import transformers

    from medbench.torchkit.taps import read_layers

    family = name.split()[0].replace("gemma", "Gemma")
    kind = getattr(transformers, f"{family}TextConfig", None)
    if kind is None:
        pytest.skip(f"this transformers has no {family}")
    small = {"vocab_size": 128, "vocab_size_per_layer_input": 128, "hidden_size": 32}
    small |= {"hidden_size_per_layer_input": 8, "intermediate_size": 64, "num_hidden_layers": 8}
    small |= {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "pad_token_id": 0}
    config = kind(**{**small, "layer_types": ["sliding_attention", "full_attention"] * 4, **TIED[name]})
    architecture = getattr(transformers, f"{family}TextModel")
    torch.manual_seed(0)
    whole, ids = architecture(config).eval(), torch.arange(5, 17)[None]
    for block in range(8):
        part = architecture(shortened(config, block + 1)).eval()
        part.load_state_dict(whole.state_dict())
        keep = {block: lambda hidden: hidden.clone()}
        found, expected = (
            read_layers(model.layers, keep, lambda model=model: model(input_ids=ids, use_cache=False))[block]
            for model in (part, whole)
        )
        assert torch.equal(found, expected)
