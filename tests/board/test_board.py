"""The board is a pure function of records, and never says more than they do."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from medbench.board import board_json, build_board
from medbench.errors import SpecError, UsageError
from medbench.record import Record
from medbench.spec import Catalogue, load_schema

Make = Callable[..., Record]


@pytest.fixture
def board(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def build(suite: str = "all") -> dict[str, Any]:
        value: dict[str, Any] = json.loads(board_json([tmp_path / "runs"], suite, Catalogue()))
        Draft7Validator(load_schema("leaderboard")).validate(value)
        return value

    return build


def _ranks(entry: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(row["model"], row["rank"]) for row in entry["rows"]]


def _many(make: Make) -> None:
    for model, value in (("model-a", 0.9), ("mödel-b", 0.85), ("model-c", 0.85), ("Model-d", 0.6)):
        for task in ("T4", "T6", "NEJM"):
            make(task=task, model=model, value=value)
    make(model="model-e", value=None, undefined=1000)
    make(model="floor", plugin="baselines", value=0.5)
    make(model="model-a", value=0.7, synthetic=True)


SCRIPT = """
import sys
from pathlib import Path
from medbench.board import board_json
from medbench.spec import Catalogue
sys.stdout.buffer.write(board_json([Path(p) for p in sys.argv[1:]], "all", Catalogue()).encode())
"""


def test_the_same_bytes_whatever_the_order_the_locale_and_the_hash_seed(make: Make, tmp_path: Path) -> None:
    _many(make)
    files = sorted((tmp_path / "runs").rglob("record.json"))
    first = build_board(tmp_path / "runs", tmp_path / "board").read_bytes()
    for seed in range(3):
        random.Random(seed).shuffle(files)
        assert build_board(files, tmp_path / "board").read_bytes() == first
    for seed, locale in (("0", "C"), ("12345", "tr_TR.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": "Asia/Tokyo"}
        line = [sys.executable, "-c", SCRIPT, *map(str, files[::-1])]
        assert subprocess.run(line, env=env, capture_output=True, check=True).stdout == first


def test_the_folder_and_the_time_of_building_leave_no_trace(make: Make, tmp_path: Path) -> None:
    _many(make)
    first = build_board(tmp_path / "runs", tmp_path / "board").read_text()
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    assert build_board(str(tmp_path / "elsewhere"), tmp_path / "b").read_text() == first
    assert str(tmp_path) not in first


def test_a_clear_winner_then_a_tie_then_the_rest(make: Make, board) -> None:
    values = {"model-a": 0.9, "model-b": 0.8501, "model-c": 0.85, "model-d": 0.8499, "model-e": 0.7}
    for model, value in values.items():
        make(model=model, value=value)
    [entry] = board()["real"]["tasks"]
    assert _ranks(entry) == [("model-a", 1), ("model-b", 2), ("model-c", 2), ("model-d", 2), ("model-e", 5)]


def test_a_group_starts_from_its_best_not_from_its_neighbour(make: Make, board) -> None:
    """b is tied with a, and c with b, but c differs from a: so c starts the next group."""
    for model, value in (("model-a", 0.8), ("model-b", 0.796), ("model-c", 0.7915)):
        make(model=model, value=value)
    [entry] = board()["real"]["tasks"]
    assert _ranks(entry) == [("model-a", 1), ("model-b", 1), ("model-c", 3)]


def test_holm_makes_a_difference_of_many_smaller(make: Make, board) -> None:
    """One pair differs at 5 %; among ten models that all differ from the best as little, it does not."""
    make(model="best", value=0.8)
    make(model="other", value=0.7935)
    [pair] = board()["real"]["tasks"]
    assert [rank for _, rank in _ranks(pair)] == [1, 2]
    for i in range(9):
        make(model=f"other-{i}", value=0.7935)
    [many] = board()["real"]["tasks"]
    assert {rank for _, rank in _ranks(many)} == {1}


def test_baselines_open_records_and_undefined_scores_take_no_rank(make: Make, board) -> None:
    make(model="model-a", value=0.8)
    make(model="model-b", value=0.7)
    make(model="floor", value=0.99, plugin="baselines")
    make(model="limited", value=0.95, deviations=("limited to 20 rows",))
    make(model="undefined", value=None, undefined=1000)
    [entry] = board()["real"]["tasks"]
    assert _ranks(entry) == [
        ("floor", None), ("limited", None), ("model-a", 1), ("model-b", 2), ("undefined", None),
    ]  # fmt: skip
    assert [row["baseline"] for row in entry["rows"]] == [True, False, False, False, False]
    assert [row["trust"] for row in entry["rows"]] == ["reported"] * 5


def test_a_model_that_was_run_again_competes_once(make: Make, board) -> None:
    make(model="model-a", value=0.8)
    make(model="model-a", value=0.8, created="2024-02-02T00:00:00Z")
    make(model="model-b", value=0.7)
    [entry] = board()["real"]["tasks"]
    assert sorted(_ranks(entry), key=str) == [("model-a", 1), ("model-a", None), ("model-b", 2)]


def test_copies_of_a_record_count_once(make: Make, board, tmp_path: Path) -> None:
    record = make(model="model-a")
    copied = tmp_path / "runs" / "0-copy" / "record.json"
    copied.parent.mkdir()
    copied.write_bytes(record.file.read_bytes())
    value = board()
    assert value["records"] == 1
    assert _ranks(value["real"]["tasks"][0]) == [("model-a", 1)]


def test_real_and_synthetic_stand_apart(make: Make, board) -> None:
    make(model="model-a", value=0.8)
    make(model="model-b", value=0.9, synthetic=True)
    value = board()
    assert _ranks(value["real"]["tasks"][0]) == [("model-a", 1)]
    assert _ranks(value["synthetic"]["tasks"][0]) == [("model-b", 1)]
    assert value["synthetic"]["tasks"][0]["reference"] == [], "the paper's numbers are of real images"


def test_other_test_sets_and_other_specs_have_entries_of_their_own(make: Make, board) -> None:
    make(model="model-a", value=0.8)
    make(model="model-b", value=0.9, key="another test set")
    make(model="model-c", value=0.95, spec_digest="0" * 64)
    entries = board()["real"]["tasks"]
    assert sorted(_ranks(entry) for entry in entries) == [[(f"model-{x}", 1)] for x in "abc"]
    assert [entry["current"] for entry in entries if entry["rows"][0]["model"] == "model-c"] == [False]


def test_tasks_without_a_record_are_not_run(make: Make, board) -> None:
    make(task="T4")
    value = board("dermatology")
    assert value["real"]["not_run"] == ["T3"]
    assert value["synthetic"] == {"tasks": [], "overall": [], "not_run": ["T3", "T4"]}


def test_the_papers_rows_are_of_the_same_metric_on_all_of_train(make: Make, board) -> None:
    make(task="T4")
    make(task="T1", primary="f1_macro")
    make(task="T5")
    make(task="NEJM")
    found = {entry["task"]: entry["reference"] for entry in board()["real"]["tasks"]}
    t4 = [(row["model"], row["value"], row["ci"]) for row in found["T4"]]
    assert t4 == [("CLIP-ViT-B/32", 0.834, [0.81, 0.857]), ("Flamingo-80B", 0.885, [0.859, 0.909])]
    assert [row["value"] for row in found["T1"]] == [0.764, 0.892, 0.877]
    assert [row["value"] for row in found["T5"]] == [0.725, 0.803], "the means, not a grade's, nor of a tenth"
    assert [row["value"] for row in found["NEJM"]] == [0.404], "not any-of-3, which is another metric"


def test_no_row_of_the_paper_where_the_metric_is_another(make: Make, board) -> None:
    make(task="T4", primary="accuracy")
    assert board()["real"]["tasks"][0]["reference"] == []


def test_a_task_of_nobodys_knowledge_is_listed_with_its_id(make: Make, board, tmp_path: Path) -> None:
    record = make(task="T4")
    value = json.loads(record.file.read_text())
    value["task"]["id"] = "Hers"
    record.file.write_text(json.dumps(value))
    [entry] = board()["real"]["tasks"]
    assert (entry["task"], entry["title"], entry["current"]) == ("Hers", "Hers", False)


def test_the_board_names_its_suite_by_id(make: Make, board) -> None:
    make()
    assert board("DERMATOLOGY")["suite"] == "dermatology"
    with pytest.raises(UsageError, match="unknown suite"):
        board("dermatologie")


def test_records_that_rank_by_different_metrics_make_no_board(make: Make, board) -> None:
    make(model="model-a")
    make(model="model-b", primary="accuracy")
    with pytest.raises(SpecError) as caught:
        board()
    assert caught.value.code == "MB230"


def test_lost_or_foreign_replicates_are_named(make: Make, board) -> None:
    make(model="model-a")
    other = make(model="model-b")
    replicates = other.file.parent / "replicates.safetensors"
    replicates.write_bytes(replicates.read_bytes()[:-1])
    with pytest.raises(SpecError) as caught:
        board()
    assert (caught.value.code, caught.value.where) == ("MB222", str(replicates))


def test_nothing_there(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(SpecError):
            build_board(path, tmp_path / "board")
    assert not (tmp_path / "board").exists()
