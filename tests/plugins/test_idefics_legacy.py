"""A folder in the layout that the hub has had since 2023, written by transformers 4."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from medbench.models import Need, OpenOptions, Sampling, Tap
from medbench_idefics.plugin import medbench_models

MARKS = ["<fake_token_around_image>", "<image>", "<end_of_utterance>"]


@pytest.fixture
def legacy(idefics_folder, tmp_path):
    folder = tmp_path / "legacy"
    shutil.copytree(idefics_folder, folder)
    images = json.loads((folder / "processor_config.json").read_text())["image_processor"]
    (folder / "processor_config.json").unlink()
    kept = {key: images[key] for key in ("image_mean", "image_std")}
    kept |= {"image_num_channels": 3, "image_size": 56, "image_processor_type": "IdeficsImageProcessor"}
    (folder / "preprocessor_config.json").write_text(
        json.dumps(kept | {"processor_class": "IdeficsProcessor"})
    )
    token = {"lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    tokenizer = {
        "additional_special_tokens": MARKS,
        "bos_token": {"__type": "AddedToken", "content": "<s>", **token},
        "eos_token": {"__type": "AddedToken", "content": "</s>", **token},
        "unk_token": {"__type": "AddedToken", "content": "<unk>", **token},
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    return folder


def test_it_gives_the_same_prompt_activations_and_replies(legacy, idefics, idefics_model, two_shot_prompt):
    handle = medbench_models()[0].open(OpenOptions(path=str(legacy)))
    prompts, tap = [two_shot_prompt(0), two_shot_prompt(1, "A. one B. two")], Tap(3, "last")
    assert handle.render(prompts[0]) == idefics.render(prompts[0])
    model, seeds = handle.load(Need(taps=(tap,), generate=True), ["cpu"]), np.array([[1], [2]], np.uint64)
    found, expected = (m.activations(prompts, [tap])[tap] for m in (model, idefics_model))
    np.testing.assert_array_equal(found, expected)
    found, expected = (m.generate(prompts, Sampling(8, 1.0, 50), seeds) for m in (model, idefics_model))
    assert found == expected
