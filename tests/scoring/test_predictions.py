"""What is written to ``predictions.parquet`` is what comes back, without an id or a text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from medbench.scoring import (
    ChoicePredictions,
    DecodingOutcome,
    ProbePredictions,
    read_correct,
    read_probe,
    write_choice,
    write_probe,
)


@pytest.mark.parametrize("multilabel", [False, True])
def test_probe_round_trip(multilabel: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (7, 3)) if multilabel else rng.integers(0, 3, 7)
    given = ProbePredictions(
        y, rng.random((7, 3)), np.arange(7) // 2, ("no", "a, b", "Übel"),
        {"source": np.array(["oai", "most"] * 3 + ["x"])},
    )  # fmt: skip
    file = tmp_path / "predictions.parquet"
    write_probe(file, given)
    found = read_probe(file)
    for name in ("y", "probabilities", "groups"):
        assert np.array_equal(getattr(found, name), getattr(given, name)), name
    assert found.classes == given.classes
    assert {k: v.tolist() for k, v in found.subgroups.items()} == {
        "source": given.subgroups["source"].tolist()
    }
    first = file.read_bytes()
    write_probe(file, found)
    assert file.read_bytes() == first
    assert pq.read_schema(file).metadata[b"schema"] == b"medbench.predictions/1"


def test_choice_rows_and_their_first_tries(tmp_path: Path) -> None:
    options = np.array([[0, 1], [-1, 2], [4, -1]])
    status = np.array([["answered", "answered"], ["refused", "answered"], ["answered", "error"]])
    two = DecodingOutcome(options, status, np.full((3, 2), "letter"), np.arange(6).reshape(3, 2))
    one = DecodingOutcome(options[:, 1:], status[:, 1:], np.full((3, 1), "text"), np.ones((3, 1), int))
    given = ChoicePredictions(
        np.array([0, 2, 4]), np.full(3, 5), np.array([0, 1, 1]), None, {"two": two, "one": one}
    )
    file = tmp_path / "predictions.parquet"
    write_choice(file, given)
    rows = pq.read_table(file).to_pylist()
    assert len(rows) == 9
    assert rows[2] == {
        "number": 1, "group": 1, "answer": 2, "decoding": "two", "try": 0, "option": None,
        "status": "refused", "rule": "letter", "tokens": 2,
    }  # fmt: skip
    correct, groups = read_correct(file, "two")
    assert (correct.tolist(), groups.tolist()) == ([1, 0, 1], [0, 1, 1])
    assert read_correct(file, "one")[0].tolist() == [0, 1, 0], "no answer is wrong"
