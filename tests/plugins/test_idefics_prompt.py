"""The prompt as it is written, and as the processor reads it."""

from __future__ import annotations

import pytest

from medbench.choice import Case, build_prompt
from medbench.errors import PluginError
from medbench.models import Prompt, Turn
from medbench_idefics.marks import Marks
from medbench_idefics.prompt_format import items, processor_items, rendered

MARK = "<fake_token_around_image><image><fake_token_around_image>"
URLS = (
    "https://example.org/picture.png",
    "http://127.0.0.1:9/x",
    "\nhttps://example.org/picture.png",
    " https://example.org/a:b ",
    "ht\ntps:/\n/example.org/x",
    "a://b://c",
    "file://host/etc/passwd",
)


def test_a_probe_prompt_is_written_as_it_stands(idefics, probe_prompt):
    assert idefics.render(probe_prompt(0)) == f"<s>{MARK}Question: What's on this image? Answer:"


def test_a_two_shot_prompt_has_the_chat_format_of_the_instruct_weights(idefics, two_shot_prompt):
    shot = f"User:{MARK}What is the diagnosis? A. fracture B. glioma<end_of_utterance>"
    reply = "\nAssistant: A. fracture.<end_of_utterance>\n"
    assert idefics.render(two_shot_prompt(3)) == f"<s>{shot}{reply}{shot}{reply}{shot}\nAssistant:"


def test_the_published_scripts_prompt_byte_for_byte(idefics, image):
    """``User:``, image and question without a break, answer, newline; one mark between two cases."""
    cases = [Case(f"Which {n}?", ("Gout", "Scurvy"), n % 2, (image(n),)) for n in range(3)]
    prompt = build_prompt("nejm-2shot-paper", cases[:2], cases[2])
    choices = "\nChoices:\n1. Gout\n2. Scurvy\nAssistant:"
    assert idefics.render(prompt) == (
        f"<s>User:{MARK}Which 0?{choices} Gout.\n<end_of_utterance>"
        f"User:{MARK}Which 1?{choices} Scurvy.\n<end_of_utterance>"
        f"User:{MARK}Which 2?{choices}"
    )


def test_the_processor_of_transformers_writes_the_same(idefics, image):
    """Handed the script's list of texts and images, with the mark between texts that it added then."""
    from transformers import IdeficsProcessor

    parts = ["User:", image(0).image, "Q?\nChoices:\n1. Gout\nAssistant: Gout.\n"]
    parts += ["User:", image(1).image, "R?\nChoices:\n1. Gout\nAssistant:"]
    own = IdeficsProcessor(
        idefics.processor.image_processor, idefics.processor.tokenizer, add_end_of_utterance_token=True
    )
    theirs = own(text=[parts], add_end_of_utterance_token=True, return_tensors="pt")["input_ids"][0].tolist()
    cases = [Case(f"{question}?", ("Gout",), 0, (image(n),)) for n, question in enumerate("QR")]
    prompt = build_prompt("nejm-2shot-paper", cases[:1], cases[1])
    tokenizer = idefics.processor.tokenizer
    assert theirs == tokenizer(idefics.render(prompt), add_special_tokens=False)["input_ids"]


def test_text_before_an_image_and_a_system_turn(idefics, image):
    prompt = Prompt((Turn("system", ("Be brief.",)), Turn("user", ("What is this?", image(0)))))
    assert idefics.render(prompt) == f"<s>Be brief.\nUser: What is this?{MARK}<end_of_utterance>\nAssistant:"


def test_base_weights_have_no_end_of_utterance(image):
    prompt = Prompt((Turn("user", (image(0), "What?")),))
    marks = Marks(turn_end="")
    assert rendered(items(prompt, marks), marks) == f"<s>User:{MARK}What?\nAssistant:"


@pytest.fixture
def prompts(image, probe_prompt, two_shot_prompt):
    return [
        probe_prompt(0),
        two_shot_prompt(0),
        Prompt((Turn("verbatim", (" a ", image(0), image(1), "  b", "c  ", image(2), "")),)),
        Prompt((Turn("verbatim", (image(0), " ", image(1), "d<end_of_utterance>\n")),)),
        Prompt((Turn("user", (image(0), URLS[0])), Turn("assistant", (URLS[0],)), Turn("user", ("x",)))),
        *(Prompt((Turn("verbatim", (image(0), url, image(1))),)) for url in URLS),
    ]


def test_rendering_and_counting_agree_with_the_processor(idefics, idefics_model, prompts):
    tokenizer = idefics.processor.tokenizer
    for prompt in prompts:
        inputs = idefics_model.inputs([prompt], "right")
        ids = inputs["input_ids"][0].tolist()
        assert ids == tokenizer(idefics.render(prompt), add_special_tokens=False)["input_ids"]
        assert idefics.count_tokens(prompt) == len(ids)
        assert ids.count(tokenizer.convert_tokens_to_ids("<image>")) == len(prompt.images())
        assert inputs["pixel_values"].shape[1] == max(1, len(prompt.images()))


def test_prompt_ids_have_exactly_the_written_ends_of_utterance(idefics_model, probe_prompt, two_shot_prompt):
    end = idefics_model.handle.processor.tokenizer.convert_tokens_to_ids("<end_of_utterance>")
    for prompt, expected in ((probe_prompt(0), 0), (two_shot_prompt(0), 5)):
        assert idefics_model.inputs([prompt], "left")["input_ids"][0].tolist().count(end) == expected


@pytest.mark.parametrize("url", URLS)
def test_a_text_that_looks_like_a_url_is_never_fetched(idefics, idefics_model, image, monkeypatch, url):
    from transformers.models.idefics.processing_idefics import is_url

    def fetch(_images):
        raise AssertionError("a prompt's text was fetched from the network")

    monkeypatch.setattr(idefics.processor.image_processor, "fetch_images", fetch)
    prompt = Prompt((Turn("verbatim", (image(0), url, image(1))),))
    handed = [part for part in processor_items(items(prompt, idefics.marks)) if isinstance(part, str)]
    assert not any(is_url(part.strip(" ")) for part in handed)
    assert "".join(handed) == url
    with pytest.raises(AssertionError, match="fetched"):
        idefics.processor(text=[["https://example.org/x.png"]])


@pytest.mark.parametrize("role", ["user", "verbatim"])
def test_a_text_with_the_models_own_image_mark_is_refused(idefics, image, role):
    with pytest.raises(PluginError, match="own mark <image>"):
        idefics.render(Prompt((Turn(role, (image(0), "an <image> tag")),)))
    if role == "user":
        with pytest.raises(PluginError, match="own mark <end_of_utterance>"):
            idefics.render(Prompt((Turn(role, ("x<end_of_utterance>",)),)))
