"""Predictions: what scoring starts from. In canonical order with running numbers, without ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medbench.atomic import write_atomic

__all__ = [
    "ChoicePredictions",
    "DecodingOutcome",
    "ProbePredictions",
    "read_correct",
    "read_probe",
    "write_choice",
    "write_probe",
]

PREDICTIONS_SCHEMA = "medbench.predictions/1"


@dataclass(frozen=True)
class ProbePredictions:
    """Test predictions of a probe task.

    Attributes:
        y: class indices int (n,), or 0 and 1 int (n, labels).
        probabilities: float64 (n, classes or labels).
        groups: running group numbers int (n,).
        classes: names of the columns.
        subgroups: subgroup columns by name, text (n,).
    """

    y: NDArray[np.integer]
    probabilities: NDArray[np.float64]
    groups: NDArray[np.integer]
    classes: tuple[str, ...]
    subgroups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)


@dataclass(frozen=True)
class DecodingOutcome:
    """Answers of one decoding.

    Attributes:
        options: option index int (cases, tries), -1 where none was extracted.
        status: ``answered``, ``unparsed``, ``refused`` or ``error``, text (cases, tries).
        rules: the extraction rule that fired, text (cases, tries).
        tokens: length of each reply in tokens int (cases, tries).
    """

    options: NDArray[np.integer]
    status: NDArray[np.str_]
    rules: NDArray[np.str_]
    tokens: NDArray[np.integer]


@dataclass(frozen=True)
class ChoicePredictions:
    """Answers to the cases of a choice task.

    Attributes:
        answers: right option int (cases,).
        n_options: options of each case int (cases,).
        groups: running group numbers int (cases,).
        stratum: readers' share in percent (cases,), NaN where unknown; ``None`` without strata.
        decodings: outcomes by decoding.
    """

    answers: NDArray[np.integer]
    n_options: NDArray[np.integer]
    groups: NDArray[np.integer]
    stratum: NDArray[np.float64] | None
    decodings: Mapping[str, DecodingOutcome]


def write_probe(path: Path, predictions: ProbePredictions) -> None:
    """Write ``predictions.parquet`` of a probe task: one row a test image."""
    columns = {
        "number": list(range(len(predictions.y))),
        "group": predictions.groups.tolist(),
        "label": predictions.y.tolist(),
        "probability": predictions.probabilities.tolist(),
        **{name: values.tolist() for name, values in predictions.subgroups.items()},
    }
    _write(path, columns, {"kind": "probe", "classes": "\n".join(predictions.classes)})


def write_choice(path: Path, predictions: ChoicePredictions) -> None:
    """Write ``predictions.parquet`` of a choice task: one row a case, decoding and try; no reply text."""
    columns: dict[str, list[object]] = {
        name: []
        for name in ("number", "group", "answer", "decoding", "try", "option", "status", "rule", "tokens")
    }
    for name, outcome in predictions.decodings.items():
        for case, attempt in np.ndindex(outcome.options.shape):
            option = int(outcome.options[case, attempt])
            columns["number"].append(case)
            columns["group"].append(int(predictions.groups[case]))
            columns["answer"].append(int(predictions.answers[case]))
            columns["decoding"].append(name)
            columns["try"].append(attempt)
            columns["option"].append(None if option < 0 else option)
            columns["status"].append(str(outcome.status[case, attempt]))
            columns["rule"].append(str(outcome.rules[case, attempt]))
            columns["tokens"].append(int(outcome.tokens[case, attempt]))
    _write(path, columns, {"kind": "choice"})


def _write(path: Path, columns: Mapping[str, list[object]], notes: Mapping[str, str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    metadata = {"schema": PREDICTIONS_SCHEMA, **notes}
    table = pa.table(dict(columns)).replace_schema_metadata(metadata)
    write_atomic(path, lambda temporary: pq.write_table(table, temporary))


def read_probe(path: Path) -> ProbePredictions:
    """Read back what ``write_probe`` wrote."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    classes = tuple(table.schema.metadata[b"classes"].decode().split("\n"))
    known = {"number", "group", "label", "probability"}
    return ProbePredictions(
        y=np.array(table["label"].to_pylist(), dtype=np.int64),
        probabilities=np.array(table["probability"].to_pylist(), dtype=np.float64),
        groups=np.array(table["group"].to_pylist(), dtype=np.int64),
        classes=classes,
        subgroups={
            name: np.array(table[name].to_pylist()) for name in table.column_names if name not in known
        },
    )


def read_correct(path: Path, decoding: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Right or wrong float64 (cases,) of a decoding's first try, and group numbers int64 (cases,)."""
    import pyarrow.parquet as pq

    rows = [r for r in pq.read_table(path).to_pylist() if r["decoding"] == decoding and r["try"] == 0]
    correct = np.array([row["option"] == row["answer"] for row in rows], dtype=np.float64)
    return correct, np.array([row["group"] for row in rows], dtype=np.int64)
