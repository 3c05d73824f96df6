"""Each way to break the contract fails the test that is named for it, with a sentence that says what."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.testing import CHECKS, Subject, chosen, isolation, run_check, run_checks

Make = Callable[[str], Subject]

BROKEN = {
    "open-raises": ("opens", "raised ValueError: no such thing"),
    "open-exits": ("opens", "raised SystemExit: 2"),
    "open-width": ("opens", "width is None"),
    "load-raises": ("loads", "raised KeyError: 'weights'"),
    "load-exits": ("loads", "raised SystemExit: goodbye"),
    "load-hangs": ("loads", "took longer than 1 s"),
    "identity-clock": ("identity-complete", "differs in numerics_version"),
    "identity-short": ("identity-complete", "lack dtype"),
    "identity-number": ("identity-complete", "'numerics_version': 1"),
    "identity-no-digest": ("identity-complete", "expected a digest"),
    "identity-path": ("identity-weights", "the same files in another folder"),
    "identity-lie": ("identity-weights", "a byte of the weights was changed"),
    "render-nothing": ("render", "the text of a prompt is not in"),
    "render-pixels": ("render", "depends on the pixels"),
    "count-constant": ("render", "a longer text does not have more tokens"),
    "memory-negative": ("memory-estimate", "gave -1.0"),
    "memory-shrinks": ("memory-estimate", "the first tap alone needs more"),
    "unoffered": ("capabilities", "option_loglikelihood works, and the card does not offer it"),
    "offers-too-much": ("capabilities", "raised NotImplementedError: one day"),
    "wrong-width": ("shapes", "is 3 wide, and the handle says 16"),
    "wrong-rows": ("shapes", "is (1, 16) for 3 prompts"),
    "lacks-tap": ("shapes", "no array for block-0.last"),
    "lacks-every-tap": ("shapes", "no array for"),
    "exits-when-asked": ("finite", "raised SystemExit: 5"),
    "integers": ("dtype", "of int64"),
    "nan": ("finite", "not finite"),
    "reordered": ("order", "is that of prompt"),
    "whitens": ("batch-invariance", "depends on the batch"),
    "noisy": ("determinism", "called twice"),
    "hash-seeded": ("other-process", "another process gives other activations"),
    "loaded-differently": ("need-is-enough", "loaded for block-0.last alone"),
    "loaded-deep-differently": ("need-is-enough", "loaded for block-2.last alone"),
    "identity-of-loaded": ("need-is-enough", "loading changed the identity"),
    "blind": ("image-matters", "another image changes nothing"),
    "last-image-only": ("several-images", "first changed"),
    "prints": ("quiet", "loading shard 1/1"),
    "prints-python": ("quiet", "loading shard 1/1"),
    "changes-folder": ("side-effects", "the current folder"),
    "swallows-memory": ("out-of-memory", "MemoryError becomes RuntimeError"),
    "one-try": ("replies", "generate gave [1, 1, 1] replies"),
    "texts": ("replies", "generate gave str"),
    "echoes": ("replies", "repeats the prompt"),
    "too-long": ("replies", "n_tokens is 9"),
    "every-reply-fails": ("replies", "every reply says error"),
    "every-reply-exits": ("replies", "raised SystemExit: 6"),
    "padding-counts": ("greedy-batch", "depend on the batch"),
    "batch-fails": ("row-error", "takes others of its batch with it"),
    "answers-unread": ("row-error", "has the reply 'melanoma'"),
    "global-generator": ("row-seeds", "depend on more than its seed"),
    "row-number": ("row-seeds", "depend on more than its seed"),
    "no-seeds": ("seeds-differ", "four seeds gave the same"),
    "no-top-k": ("top-k", "more than two different"),
    "uniform-draws": ("sampler-law", "at temperature 0.0001"),
    "squares-temperature": ("sampler-law", "does not halve the log-odds"),
    "no-temperature": ("sampler-law", "at temperature 0.0001"),
    "positive-likelihood": ("likelihood", "above 0"),
    "mean-likelihood": ("likelihood", "more likely than its beginning"),
    "likelihood-of-batch": ("likelihood", "depends on the batch"),
    "likelihood-unrelated": ("likelihood-agrees", "less likely than others"),
    "close-raises": ("closes", "raised RuntimeError: cannot be freed"),
}
ENDS = {
    "load-os-exit": ("loads", "it ended the process (exit code 3)"),
    "load-dies-with-words": ("loads", "(exit code 3): CUDA driver is too old for … here"),
    "load-crash": ("loads", "it ended the process (signal SIGSEGV)"),
    "load-hangs-hard": ("loads", "could not be stopped from inside"),
    "forks": ("side-effects", "it forks the process"),
    "exits-late": ("finite", "it ended the process (exit code 0)"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_fails_its_test(name: str, subject: Make) -> None:
    check_id, said = BROKEN[name]
    [check] = [check for check in CHECKS if check.id == check_id]
    result = run_check(check, subject(name), 1 if "hangs" in name else 60)
    assert (result.verdict, result.id) == ("failed", check_id)
    assert said in result.why


@pytest.mark.parametrize("name", ENDS)
def test_a_model_that_ends_its_process_harms_no_other(
    name: str, subject: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "GRACE", 0.5)
    check_id, said = ENDS[name]
    results = {r.id: r for r in run_checks(subject(name), chosen(["finite", check_id, "closes"]), 2)}
    assert (results[check_id].verdict, said in results[check_id].why) == ("failed", True), results[
        check_id
    ].why
    rest = {r.verdict for r in results.values() if r.id not in (check_id, "opens", "loads", "finite")}
    assert rest == ({"skipped"} if check_id == "loads" else {"passed"}), "what can still be tested is tested"


def test_the_current_folder_shadows_no_module(
    subject: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('not the json of Python')")
    monkeypatch.chdir(tmp_path)
    ids = ["import-without-torch", "shapes", "other-process"]
    assert {r.id: r.why for r in run_checks(subject("sound"), chosen(ids)) if r.verdict == "failed"} == {}


def test_a_thread_that_a_model_leaves_does_not_hold_the_tests_up(subject: Make) -> None:
    begin = time.monotonic()
    results = run_checks(subject("load-leaves-a-thread"), chosen(["shapes"]))
    assert {r.verdict for r in results} == {"passed"}
    assert time.monotonic() - begin < 60


def test_top_k_one_is_seen_as_well(subject: Make) -> None:
    [check] = [check for check in CHECKS if check.id == "top-k-1"]
    assert run_check(check, subject("no-top-k")).verdict == "failed"
    assert run_check(check, subject("sound")).verdict == "passed"


@pytest.mark.parametrize("name", ["loaded-deep-differently", "identity-of-loaded"])
def test_what_loading_for_one_tap_changes_is_seen_by_one_test_alone(name: str, subject: Make) -> None:
    results = run_checks(subject(name), CHECKS)
    assert [r.id for r in results if r.verdict == "failed"] == ["need-is-enough"]


def test_every_test_can_fail() -> None:
    covered = {name for name, _ in [*BROKEN.values(), *ENDS.values()]} | {"top-k-1"}
    assert {check.id for check in CHECKS} - covered == {"import-without-torch"}


def test_a_sound_model_keeps_the_contract(subject: Make) -> None:
    folder, results = Path.cwd(), run_checks(subject("sound"), CHECKS)
    assert [r.id for r in results] == [check.id for check in CHECKS]
    assert {r.id: r.why for r in results if r.verdict != "passed"} == {
        "identity-weights": "no local folder of weights was named (--model-args path=…)"
    }
    assert Path.cwd() == folder
