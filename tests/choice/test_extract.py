"""The extractor against a corpus of nasty replies, and what must hold for any text."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medbench.choice.extract import extract_answer
from medbench.choice.normalise import fold

CORPUS = [
    json.loads(line) for line in Path(__file__).with_name("replies.jsonl").read_text("utf-8").splitlines()
]
SKIN = ["Eczema", "Psoriasis", "Tinea corporis", "Lichen planus", "Pityriasis rosea"]
DISEASES = [
    *SKIN,
    "Granulomatosis with polyangiitis",
    "E. coli sepsis",
    "Takayasu's arteritis",
    "Hepatitis B",
    "Behçet's disease",
    "2 weeks of rest",
    "Vitamin D deficiency",
    "No treatment",
    "Non-Hodgkin lymphoma",
    "None of the above",
]
# No option of SKIN, no statement of an answer; letters and numbers as medicine uses them.
PHRASES = [
    "A 45-year-old man presents with fever and vitamin B deficiency.",
    "ANCA is strongly positive.",
    "Chronic hepatitis B infection was treated for 2 weeks.",
    "D-dimer and C-reactive protein are raised.",
    "E. coli grew in the culture.",
    "Influenza A was found in 3 of 5 samples.",
    "The T2-weighted image shows a 2.5 cm lesion.",
    "Panel B shows the biopsy.",
    "Group A streptococcus causes this.",
    "A pneumothorax is seen.",
    "B cells and a B-cell lymphoma.",
    "I see a rash on the trunk.",
    "Type 2 diabetes, stage C, class 3.",
    "The image shows erythema",
]
OPTIONS = st.lists(st.sampled_from(DISEASES), min_size=2, max_size=10, unique=True)
SMALL_TEXT = st.text("ABCDEab12.()[]*:,-\n answeroptionitnfd'?", max_size=60)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"{case['why']}: {case['reply'][:40]!r}")
def test_corpus(case: dict[str, object]) -> None:
    verdict = extract_answer(case["reply"], case["options"])
    assert (verdict.option, verdict.status) == (case["option"], case["status"]), verdict


def test_the_corpus_is_large_and_holds_no_case_twice() -> None:
    assert len(CORPUS) >= 120
    assert len({(case["reply"], tuple(case["options"])) for case in CORPUS}) == len(CORPUS)
    assert {case["status"] for case in CORPUS} == {"answered", "unparsed", "refused"}


@given(st.one_of(st.text(max_size=200), SMALL_TEXT), st.lists(st.text(max_size=12), min_size=2, max_size=10))
def test_any_text_gives_a_verdict_and_always_the_same(reply: str, options: list[str]) -> None:
    verdict = extract_answer(reply, options)
    assert (verdict.option is not None) == (verdict.status == "answered")
    assert verdict.option is None or 0 <= verdict.option < len(options)
    assert extract_answer(reply, options) == verdict


@given(OPTIONS, st.data())
def test_own_text_letter_and_number_are_extracted(options: list[str], data: st.DataObject) -> None:
    option = data.draw(st.integers(0, len(options) - 1))
    letter, number, text = "ABCDEFGHIJ"[option], str(option + 1), options[option]
    forms = [
        "{}",
        "{}.",
        "({})",
        "Answer: {}",
        "The correct answer is {}.",
        "**{}**",
        "[[{}]]",
        "\n{}\n\nIt fits.",
    ]
    form = data.draw(st.sampled_from(forms))
    for said in (letter, number, text, text.upper(), f"{letter}. {text}", f"{number}) {text}"):
        verdict = extract_answer(form.format(said), options)
        assert (verdict.option, verdict.status) == (option, "answered"), (form.format(said), verdict)


@given(
    st.lists(st.text("αβγδabcxyz é-", min_size=3, max_size=15), min_size=2, max_size=6, unique_by=fold),
    st.data(),
)
def test_any_distinct_text_is_extracted_as_the_whole_reply(options: list[str], data: st.DataObject) -> None:
    option = data.draw(st.integers(0, len(options) - 1))
    if fold(options[option]) and len("".join(fold(options[option]))) > 1:
        assert extract_answer(options[option], options).option == option


@given(st.lists(st.sampled_from(PHRASES), max_size=5), st.sampled_from([" ", "\n"]))
def test_sentences_without_an_option_never_give_one(phrases: list[str], joint: str) -> None:
    assert extract_answer(joint.join(phrases), SKIN).option is None


@given(st.integers(0, 4), st.text(max_size=80))
def test_an_invented_turn_changes_nothing(option: int, invented: str) -> None:
    reply = f"The answer is {SKIN[option]}."
    assert extract_answer(f"{reply}\nUser: {invented}", SKIN) == extract_answer(reply, SKIN)


@pytest.mark.parametrize("options", [[], ["one"], ["x"] * 11, "ab"])
def test_a_wrong_number_of_options_is_refused(options: object) -> None:
    with pytest.raises(ValueError, match="options"):
        extract_answer("A", options)


@pytest.mark.parametrize(
    "loop", ["The answer is ", "answer: ", "psoriasis and eczema, ", "A. B. ", "(", "if "]
)
def test_a_looping_reply_costs_no_more_than_its_length(loop: str) -> None:
    started = time.process_time()
    assert extract_answer(loop * (12_000 // len(loop)), SKIN).option is None
    assert time.process_time() - started < 3
