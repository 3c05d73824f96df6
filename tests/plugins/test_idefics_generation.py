"""Replies: greedy against plain generate, row seeds, and rows that fail."""

from __future__ import annotations

import numpy as np
import pytest

from medbench.errors import PluginError
from medbench.models import Need, Prompt, Reply, Sampling, Tap, Turn

GREEDY, TOP50 = Sampling(max_new_tokens=12), Sampling(max_new_tokens=12, temperature=1.0, top_k=50)


def _seeds(*rows):
    return np.array(rows, dtype=np.uint64)


def test_greedy_replies_are_those_of_plain_generate(idefics, idefics_model, probe_prompt):
    tokenizer = idefics.processor.tokenizer
    words = ["</s>", "<end_of_utterance>", "<fake_token_around_image>", "<image>"]
    eos, end, fake, image = tokenizer.convert_tokens_to_ids(words)
    for seed in range(3):
        parts = [getattr(part, "image", part) for part in probe_prompt(seed).parts()]
        inputs = idefics.processor(text=[parts], add_end_of_utterance_token=False, return_tensors="pt")
        ids = idefics_model.generator.generate(
            **inputs,
            max_new_tokens=12,
            do_sample=False,
            eos_token_id=[eos, end],
            bad_words_ids=[[fake], [image]],
            pad_token_id=0,
        )
        new = ids[0, inputs["input_ids"].shape[1] :]
        [[found]] = idefics_model.generate([probe_prompt(seed)], GREEDY, _seeds([0]))
        assert found.text == tokenizer.decode(new, skip_special_tokens=True)


def test_greedy_tries_are_equal_whatever_the_seed_and_the_batch(idefics_model, probe_prompt, two_shot_prompt):
    prompts = [probe_prompt(0), two_shot_prompt(1), probe_prompt(2, "Question: Why? Answer:")]
    together = idefics_model.generate(prompts, GREEDY, _seeds([1, 2], [3, 4], [5, 6]))
    alone = [idefics_model.generate([prompt], GREEDY, _seeds([9, 9]))[0] for prompt in prompts]
    assert together == alone
    assert all(first == second for first, second in together)


def test_a_row_draws_the_same_tokens_in_any_batch_and_order(idefics_model, probe_prompt, two_shot_prompt):
    prompts = [probe_prompt(0), two_shot_prompt(1), probe_prompt(2, "Question: Why? Answer:")]
    seeds = _seeds([1, 2, 3], [4, 5, 6], [7, 8, 2**64 - 1])
    together = idefics_model.generate(prompts, TOP50, seeds)
    backwards = idefics_model.generate(prompts[::-1], TOP50, seeds[::-1])[::-1]
    alone = [
        [idefics_model.generate([prompt], TOP50, seeds[row : row + 1, k : k + 1])[0][0] for k in range(3)]
        for row, prompt in enumerate(prompts)
    ]
    assert together == backwards == alone
    assert all(len({reply.text for reply in row}) == 3 for row in together)


def test_top_k_of_one_is_greedy(idefics_model, probe_prompt):
    prompts = [probe_prompt(seed) for seed in range(4)]
    seeds = np.arange(4, dtype=np.uint64).reshape(4, 1)
    one = idefics_model.generate(prompts, Sampling(12, temperature=1.0, top_k=1), seeds)
    assert one == idefics_model.generate(prompts, GREEDY, seeds)


def test_replies_end_by_a_stop_token_or_by_length(idefics_model, probe_prompt):
    seeds = np.arange(64, dtype=np.uint64).reshape(1, 64)
    [replies] = idefics_model.generate([probe_prompt(0)], TOP50, seeds)
    assert {reply.finish for reply in replies} == {"stop", "length"}
    for reply in replies:
        assert reply.n_tokens == 12 if reply.finish == "length" else reply.n_tokens < 12
        assert "<" not in reply.text.replace("<0x", "")


def test_a_row_that_fails_alone_leaves_the_others_untouched(idefics_model, probe_prompt, image):
    broken = Prompt((Turn("verbatim", (image(5), "Question:")),))
    object.__setattr__(broken.images()[0], "image", object())
    prompts, seeds = [probe_prompt(0), broken, probe_prompt(1)], _seeds([1, 2], [3, 4], [5, 6])
    found = idefics_model.generate(prompts, TOP50, seeds)
    assert found[1] == [Reply("", 0, "error")] * 2
    assert found[0] == idefics_model.generate(prompts[:1], TOP50, seeds[:1])[0]
    assert found[2] == idefics_model.generate(prompts[2:], TOP50, seeds[2:])[0]


def test_a_row_whose_text_holds_an_image_mark_is_a_row_error(idefics_model, probe_prompt):
    prompts = [probe_prompt(0), probe_prompt(1, "an <image> tag")]
    found = idefics_model.generate(prompts, GREEDY, _seeds([1], [2]))
    assert [row[0].finish for row in found] == ["length", "error"]
    with pytest.raises(ValueError, match="temperature"):
        idefics_model.generate(prompts, Sampling(4, temperature=0.0, top_k=5), _seeds([1], [2]))


def test_what_is_not_offered_is_refused(idefics, idefics_model, probe_prompt):
    with pytest.raises(PluginError, match="not offered"):
        idefics_model.option_loglikelihood([probe_prompt(0)], [["a", "b"]])
    with pytest.raises(PluginError, match="not offered"):
        idefics.load(Need(option_loglikelihood=True), ["cpu"])
    part = idefics.load(Need(taps=(Tap(1, "last"),)), ["cpu"])
    with pytest.raises(PluginError, match="activations only"):
        part.generate([probe_prompt(0)], GREEDY, _seeds([0]))
