"""A cohort on disk: ``cohort.parquet`` beside ``cohort.json``, written once, read again by its key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import medbench
from medbench.atomic import write_atomic, write_json
from medbench.cohort.build import build_cohort
from medbench.cohort.cohort import COHORT_SCHEMA, Cohort, CohortRow
from medbench.cohort.prepared import STATE_FILE, source_state
from medbench.cohort.source import ImageRef
from medbench.spec import Task

__all__ = ["prepare_cohort", "prepared_cohort", "read_cohort", "write_cohort"]


def prepare_cohort(
    task: Task,
    roots: Mapping[str, Path],
    cache: Path,
    allow_missing: bool = False,
    columns: Sequence[str] = (),
    allow_leaks: bool = False,
) -> Cohort:
    """The task's cohort: read from the cache when spec and source folders are as they were, else built.

    Args:
        columns: kept beside those that the task's scores depend on.
        allow_leaks: a patient of one's own data may be in train and in test.

    Raises:
        DataError: as ``build_cohort``.
    """
    state = source_state(task, roots)
    folder = _folder(task, state, cache, (allow_missing, allow_leaks, *sorted(columns)))
    known = _read_if_whole(folder)
    if known is not None:
        return known
    cohort = build_cohort(task, roots, allow_missing, columns, allow_leaks)
    write_json(folder / STATE_FILE, {"task": task.id, **state})
    write_cohort(folder, cohort)
    return cohort


def prepared_cohort(task: Task, state: Mapping[str, Any], cache: Path) -> Cohort | None:
    """The cohort of a task in the cache, whatever was allowed when it was made; ``None`` when there is none.

    Args:
        state: as ``source_state`` gives it.
    """
    allowed = ((False, False), (True, False), (True, True), (False, True))
    found = (_read_if_whole(_folder(task, state, cache, options)) for options in allowed)
    return next((cohort for cohort in found if cohort is not None), None)


def _folder(task: Task, state: Mapping[str, Any], cache: Path, options: Sequence[object]) -> Path:
    whole = [COHORT_SCHEMA, medbench.__version__, state, options]
    key = hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]
    return cache / "cohorts" / f"{task.id}-{key}"


def _read_if_whole(folder: Path) -> Cohort | None:
    if (folder / "cohort.json").is_file():
        # a damaged cohort is made again, as if it had not been there
        with suppress(OSError, ValueError, KeyError, TypeError):
            return read_cohort(folder)
    return None


def write_cohort(folder: Path, cohort: Cohort) -> None:
    """Write table and description; the description last, so that a folder with it is whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "split": row.split,
            "number": row.number,
            "source": row.source,
            "images": [asdict(image) for image in row.images],
            "group": row.group,
            "label": list(row.label) if isinstance(row.label, tuple) else [row.label],
            "columns": json.dumps(dict(row.columns), sort_keys=True, ensure_ascii=False),
        }
        for row in cohort.rows
    ]
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows)
    write_atomic(folder / "cohort.parquet", lambda path: pq.write_table(table, path))
    description = {name: getattr(cohort, name) for name in _DESCRIBED}
    written = {"counts": cohort.counts(), "table_sha256": _sha256(folder / "cohort.parquet")}
    write_json(folder / "cohort.json", {"schema": COHORT_SCHEMA, **description, **written})


_DESCRIBED = (
    "task", "classes", "multilabel", "group_unit", "synthetic", "digest", "resample_key", "exclusions",
    "expected", "deviations", "shared_groups", "lacks",
)  # fmt: skip


def read_cohort(folder: Path) -> Cohort:
    """Read a cohort back; equal to the one written.

    Raises:
        ValueError: the table is not the one that was written.
    """
    import pyarrow.parquet as pq

    described = json.loads((folder / "cohort.json").read_text(encoding="utf-8"))
    if _sha256(folder / "cohort.parquet") != described["table_sha256"]:
        raise ValueError(f"{folder / 'cohort.parquet'} is not the table that was written")
    rows = pq.read_table(folder / "cohort.parquet").to_pylist()
    values = {name: described[name] for name in _DESCRIBED}
    values["classes"], values["deviations"] = tuple(values["classes"]), tuple(values["deviations"])
    values["shared_groups"] = tuple((train, test) for train, test in values["shared_groups"])
    values["lacks"] = {source: tuple(found) for source, found in values["lacks"].items()}
    single = not described["multilabel"]
    return Cohort(rows=tuple(_row(row, single) for row in rows), **values)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _row(row: Mapping[str, Any], single: bool) -> CohortRow:
    columns = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(row["columns"]).items()}
    return CohortRow(
        split=row["split"],
        number=row["number"],
        source=row["source"],
        images=tuple(ImageRef(image["path"], image["index"]) for image in row["images"]),
        group=row["group"],
        label=row["label"][0] if single else tuple(row["label"]),
        columns=columns,
    )
