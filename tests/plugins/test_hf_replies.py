"""Replies and option scores of every family against plain transformers, row by row."""

from __future__ import annotations

import socket

import numpy as np
import pytest
import torch

from medbench.errors import PluginError
from medbench.models import Need, Prompt, Sampling, Tap, Turn
from tests.plugins.hf import VISION_LANGUAGE, handle, plain_inputs, plain_model

SEEDS = np.array([[1, 2], [3, 4], [5, 6]], np.uint64)
OPTIONS = ("fracture", "no finding of any kind", "C")


@pytest.fixture(scope="module", params=VISION_LANGUAGE)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def model(family):
    return handle(family).load(Need(generate=True, option_loglikelihood=True), ["cpu"])


@pytest.fixture(scope="module")
def prompts(image, two_shot_prompt):
    """Chats of three lengths, one of them with three images."""
    short, long = "What is this?", "What is the diagnosis? A. fracture B. glioma C. melanoma"
    chats = [Prompt((Turn("user", (image(seed), text)),)) for seed, text in enumerate((short, long))]
    return [chats[0], two_shot_prompt(7), chats[1]]


def test_greedy_replies_are_those_of_generate_on_the_processors_own_inputs(family, model, prompts):
    found = model.generate(prompts, Sampling(8), SEEDS)
    tokenizer = model.handle.processor.tokenizer
    for prompt, [first, second] in zip(prompts, found, strict=True):
        inputs = plain_inputs(family, prompt)
        ids = plain_model(family).generate(**inputs, max_new_tokens=8, do_sample=False)
        new = ids[0, inputs["input_ids"].shape[1] :]
        assert first == second
        assert first.text == tokenizer.decode(new, skip_special_tokens=True)
        assert first.n_tokens == 8 or first.finish == "stop"


def test_a_reply_ends_at_the_models_own_stops(model):
    from medbench_hf.generation import settings

    tokenizer, marks = model.handle.processor.tokenizer, model.handle.marks
    ends = {tokenizer.eos_token_id}
    ends |= {tokenizer.convert_tokens_to_ids(marks.turn_end)} if marks.turn_end else set()
    assert set(settings(model.handle, 4).eos_token_id) == ends


def test_a_rows_draws_depend_on_its_seed_alone(model, prompts):
    sampling = Sampling(6, 1.0, 50)
    together = model.generate(prompts, sampling, SEEDS)
    backwards = model.generate(prompts[::-1], sampling, SEEDS[::-1])[::-1]
    alone = [model.generate([p], sampling, SEEDS[i : i + 1])[0] for i, p in enumerate(prompts)]
    assert together == backwards == alone
    assert len({reply.text for row in together for reply in row}) > 3


def test_option_scores_are_sums_over_single_steps(family, model, prompts):
    """Token by token: after each, the plain model is asked again how likely the next one is."""
    sums, counts = model.option_loglikelihood(prompts, [OPTIONS] * 3)
    tokenizer = model.handle.processor.tokenizer
    for row, prompt in enumerate(prompts):
        for column, option in enumerate(OPTIONS):
            # Every tiny template opens the answer on a new line, so an option begins without a blank.
            ids = tokenizer(option, add_special_tokens=False)["input_ids"]
            assert counts[row, column] == len(ids)
            expected = _by_steps(family, prompt, ids)
            assert sums[row, column] == pytest.approx(expected, abs=1e-3)


def _by_steps(family, prompt, ids):
    inputs, total = plain_inputs(family, prompt), 0.0
    marks = {name: inputs[name] for name in ("token_type_ids", "mm_token_type_ids") if name in inputs}
    for token in ids:
        with torch.inference_mode():
            likely = plain_model(family)(**inputs).logits[0, -1].log_softmax(-1)
        total += float(likely[token])
        inputs["input_ids"] = torch.cat([inputs["input_ids"], torch.tensor([[token]])], 1)
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        for name, before in marks.items():
            # Transformers' own generate: PaliGemma writes tokens of kind 1, the others of kind 0.
            kind = 1 if family == "paligemma" else 0
            new = torch.full((1, inputs["input_ids"].shape[1] - before.shape[1]), kind)
            inputs[name] = torch.cat([before, new], 1)
    return total


def test_rows_with_fewer_options_have_none_there(model, prompts):
    sums, counts = model.option_loglikelihood(prompts[:2], [OPTIONS, OPTIONS[:1]])
    assert sums.shape == (2, 3) and counts[1].tolist() == [counts[0, 0], 0, 0]
    assert np.isfinite(sums[0]).all() and np.isneginf(sums[1, 1:]).all()


def test_a_model_without_its_head_neither_writes_nor_scores(family, prompts):
    part = handle(family).load(Need(taps=(Tap(0, "last"),)), ["cpu"])
    with pytest.raises(PluginError, match="activations only"):
        part.generate(prompts, Sampling(1), SEEDS)
    with pytest.raises(PluginError, match="activations only"):
        part.option_loglikelihood(prompts, [OPTIONS] * 3)


@pytest.mark.parametrize("role", ["user", "verbatim"])
@pytest.mark.parametrize("url", ["https://example.org/a.png", "http://127.0.0.1:9/x", "file:///etc/hostname"])
def test_a_text_that_looks_like_an_address_is_text(model, image, monkeypatch, role, url):
    def refuse(*_args, **_kwargs):
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    prompt = Prompt((Turn(role, (image(0), url)),))
    ids = model.inputs([prompt], "right")["input_ids"][0]
    assert url in model.handle.processor.tokenizer.decode(ids)
