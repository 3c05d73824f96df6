"""An address is what a model is shown, and nothing else; a seed is one try of one case of one task."""

from __future__ import annotations

from PIL import Image

from medbench.inference import prompt_address, reply_address, row_seed
from medbench.models import ImagePart, Prompt, Turn

A, B = ImagePart(Image.new("RGB", (2, 2)), "digest-a"), ImagePart(Image.new("RGB", (2, 2)), "digest-b")


def _address(*turns: Turn, options: tuple[str, ...] = ()) -> str:
    return prompt_address(Prompt(turns, options))


def test_image_text_role_and_order_change_it() -> None:
    shown = [
        (Turn("user", (A, "What?")),),
        (Turn("user", (B, "What?")),),
        (Turn("user", (A, "What!")),),
        (Turn("user", ("What?", A)),),
        (Turn("verbatim", (A, "What?")),),
        (Turn("verbatim", (A, "What?"), closed=True),),
        (Turn("user", (A, A, "What?")),),
        (Turn("user", (A,)), Turn("user", ("What?",))),
        (Turn("user", (A, "Wh", "at?")),),
        (Turn("user", ("digest-a", "What?")),),
    ]
    assert len({_address(*turns) for turns in shown}) == len(shown)


def test_nothing_else_changes_it() -> None:
    same = ImagePart(Image.new("RGB", (9, 9), "red"), "digest-a")
    assert _address(Turn("user", (A, "What?"))) == _address(Turn("user", (same, "What?")), options=("x", "y"))


def test_seeds_differ_by_task_case_try_and_spec_seed() -> None:
    seeds = {
        row_seed(task, case, attempt, seed)
        for task in ("t", "u")
        for case in ("a", "b")
        for attempt in range(3)
        for seed in (1, 2)
    }
    assert len(seeds) == 24
    assert all(0 <= seed < 2**64 for seed in seeds)
    assert row_seed("t", "a", 0, 1) == row_seed("t", "a", 0, 1)


def test_replies_of_two_seeds_are_two_rows_and_greedy_draws_nothing() -> None:
    assert reply_address("a", []) == "a"
    assert len({reply_address("a", [1, 2]), reply_address("a", [2, 1]), reply_address("b", [1, 2]), "a"}) == 4
