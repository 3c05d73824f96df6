"""How prompts are written for models that are known by their template alone."""

from __future__ import annotations

import pytest

from medbench.errors import PluginError
from medbench.models import Need, Prompt, Tap, Turn
from medbench_hf.marks import Marks, read_marks
from medbench_hf.option_tokens import option_tokens, read_text
from medbench_hf.prompt_text import prompt_text
from tests.plugins.hf import VISION_LANGUAGE, handle, plain_inputs

IMAGE = {
    "gemma3": "<start_of_image>",
    "internvl": "<IMG_CONTEXT>",
    "qwen2.5-vl": "<|vision_start|><|image_pad|><|vision_end|>",
    "qwen3-vl": "<|vision_start|><|image_pad|><|vision_end|>",
}
TURN_END = {
    "gemma3": "<end_of_turn>",
    "idefics2": "<end_of_utterance>",
    "idefics3": "<end_of_utterance>",
    "internvl": "<|im_end|>",
    "llava": "",
    "paligemma": "",
    "qwen2.5-vl": "<|im_end|>",
    "qwen3-vl": "<|im_end|>",
    "smolvlm": "<end_of_utterance>",
}
# Forms of templates as published models have them: images first whatever the order, a line break after each,
# a blank that goes when an image comes first.
IMAGES_FIRST = (
    "{% for m in messages %}{{ m['role'] | upper }}: "
    "{% for p in m['content'] if p['type'] == 'image' %}<image>\n"
    "{% endfor %}{% for p in m['content'] if p['type'] == 'text' %}{{ p['text'] }} {% endfor %}{% endfor %}"
)
NO_BLANK_BEFORE_IMAGE = (
    "{% for m in messages %}{{ m['role'] | capitalize }}:"
    "{% if m['content'][0]['type'] == 'text' %} {% endif %}"
    "{% for p in m['content'] %}{% if p['type'] == 'image' %}<image>{% else %}{{ p['text'] }}{% endif %}"
    "{% endfor %} </s>\n{% endfor %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turn') }}{% endif %}x"


@pytest.fixture
def processor(monkeypatch):
    """LLaVA's, whose template a test may replace."""
    return handle("llava").processor


@pytest.mark.parametrize("family", VISION_LANGUAGE)
def test_marks_are_read_off_the_template(family):
    marks = handle(family).marks
    assert (marks.image, marks.turn_end) == (IMAGE.get(family, "<image>"), TURN_END[family])
    assert marks.image_tokens <= {*marks.special, marks.image}


@pytest.mark.parametrize(("template", "end"), [(IMAGES_FIRST, ""), (NO_BLANK_BEFORE_IMAGE, "</s>")])
def test_marks_of_other_forms_of_template(processor, template, end):
    processor.chat_template = template
    marks = read_marks(processor)
    assert (marks.image, marks.turn_end) == ("<image>", end)


@pytest.mark.parametrize("family", VISION_LANGUAGE)
def test_verbatim_turns_stand_as_they_are_and_close_where_asked(family, image):
    opened = handle(family)
    mark, end = IMAGE.get(family, "<image>"), TURN_END[family]
    prompt = Prompt(
        (Turn("verbatim", ("User: ", image(0), " Q?\n"), closed=True), Turn("verbatim", (image(1), "R? ")))
    )
    assert opened.render(prompt) == f"User: {mark} Q?\n{end}{mark}R? "


@pytest.mark.parametrize("family", VISION_LANGUAGE)
def test_tokens_of_a_chat_are_those_of_transformers(family, two_shot_prompt):
    from medbench_hf.inputs import inputs

    opened, prompt = handle(family), two_shot_prompt(0)
    expected = plain_inputs(family, prompt)["input_ids"]
    found = inputs(opened, [prompt], "right")["input_ids"]
    assert found.tolist() == expected.tolist() and opened.count_tokens(prompt) == expected.shape[1]
    assert found[0].tolist().count(1) == 1 or family == "paligemma", "the opening token stands once"


@pytest.mark.parametrize("family", VISION_LANGUAGE)
def test_a_text_with_the_models_own_image_mark_is_refused(family, image):
    opened = handle(family)
    for role in ("user", "verbatim"):
        with pytest.raises(PluginError, match="MB721"):
            opened.render(Prompt((Turn(role, (image(0), f"an {opened.marks.image} tag")),)))
    with pytest.raises(PluginError, match="own mark </s>"):
        opened.render(Prompt((Turn("user", ("ends here</s>",)),)))


def test_what_no_template_can_write_is_refused(processor, image):
    marks = read_marks(processor)
    chat = Prompt((Turn("user", (image(0), "What?")),))
    with pytest.raises(PluginError, match="mixes"):
        prompt_text(Prompt((Turn("verbatim", ("a",)), *chat.turns)), processor, marks)
    processor.chat_template = NO_SYSTEM
    with pytest.raises(PluginError, match=r"MB731.*no system turn"):
        prompt_text(Prompt((Turn("system", ("Be brief.",)), *chat.turns)), processor, marks)
    processor.chat_template = None
    with pytest.raises(PluginError, match=r"MB731.*no chat template"):
        prompt_text(chat, processor, read_marks(processor))
    assert (
        prompt_text(Prompt((Turn("verbatim", (image(0), "a")),)), processor, read_marks(processor))
        == "<image>a"
    )


@pytest.mark.parametrize(
    ("text", "option", "written"),
    [
        ("Answer:", "fracture", " fracture"),
        ("Answer:", " fracture", " fracture"),
        ("Answer: ", "fracture", "fracture"),
        ("Answer:\n", "fracture", "fracture"),
        ("Answer:</s>", "fracture", "fracture"),
        ("Answer:", "", " "),
        ("", "fracture", "fracture"),
    ],
)
def test_an_option_stands_behind_a_blank_where_one_belongs(processor, text, option, written):
    marks = Marks("<image>", "", frozenset({"<image>"}), frozenset({"</s>", "<image>"}))
    tokenizer = processor.tokenizer
    found = option_tokens(text, option, tokenizer, marks)
    assert tokenizer.decode(found) == written and found


def test_a_seam_that_becomes_one_token_is_not_taken_from_the_prompt():
    class Joined:
        """Reads ``ab`` as one token."""

        def __call__(self, text, add_special_tokens):
            ids = {"a ": [1], "b": [2], "a b": [9]}
            return {"input_ids": ids[text]}

    assert option_tokens("a ", "b", Joined(), Marks("", "", frozenset(), frozenset({"</s>"}))) == [2]


def test_an_option_follows_what_the_processor_puts_behind_a_prompt(image):
    from medbench_hf.inputs import inputs

    opened = handle("paligemma")
    prompt = Prompt((Turn("verbatim", (image(0), "Answer:")),))
    tokenizer, text = opened.processor.tokenizer, opened.render(prompt)
    ids = inputs(opened, [prompt], "left")["input_ids"][0].tolist()
    picture = prompt.images()[0].image
    # the processor's own way to write an answer, for fine-tuning
    whole = opened.processor(text=[text], images=[[picture]], suffix=["yes"])["input_ids"][0]
    assert whole[: len(ids)] == ids and whole[-1] == tokenizer.eos_token_id
    read = read_text(text, ids, tokenizer, opened.marks)
    assert read == text + "\n"
    assert option_tokens(read, "yes", tokenizer, opened.marks) == whole[len(ids) : -1]


@pytest.mark.parametrize("family", ["qwen2.5-vl", "llava", "gemma3"])
def test_where_nothing_is_put_behind_the_text_is_as_it_stands(family, image):
    from medbench_hf.inputs import inputs

    opened = handle(family)
    for text in ("Answer:", "Answer:\n"):
        prompt = Prompt((Turn("verbatim", (image(0), text)),))
        ids = inputs(opened, [prompt], "left")["input_ids"][0].tolist()
        rendered = opened.render(prompt)
        assert read_text(rendered, ids, opened.processor.tokenizer, opened.marks) == rendered


@pytest.mark.parametrize("with_others", [False, True])
def test_a_prompt_without_an_image_is_refused_where_the_processor_takes_none(with_others, image):
    bare = Prompt((Turn("verbatim", ("Only text.",)),))
    prompts = [bare, Prompt((Turn("verbatim", (image(0), "Text.")),))] if with_others else [bare]
    opened = handle("paligemma")
    model = opened.load(Need((Tap(0, "last"),)), ["cpu"])
    with pytest.raises(PluginError, match="no prompt without an image") as caught:
        model.activations(prompts, [Tap(0, "last")])
    assert caught.value.code == "MB721"
    with pytest.raises(PluginError, match="no prompt without an image"):
        opened.count_tokens(bare)


def test_scores_of_options_follow_what_is_read(image, monkeypatch):
    from medbench_hf import option_scores

    seen = []
    real = option_scores.option_tokens
    monkeypatch.setattr(
        option_scores, "option_tokens", lambda text, *rest: seen.append(text) or real(text, *rest)
    )
    model = handle("paligemma").load(Need(option_loglikelihood=True), ["cpu"])
    model.option_loglikelihood([Prompt((Turn("verbatim", (image(0), "Answer:")),))], [["yes"]])
    assert [text[-8:] for text in seen] == ["Answer:\n"]
