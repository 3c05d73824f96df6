"""Hand-made records: valid, of a shipped task, with replicates from a known law."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medbench.record import RECORD_SCHEMA, Record, read_record, write_record
from medbench.spec import Catalogue, Task

B = 1000


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _task(name: str) -> Task:
    return Catalogue().task(name)


@dataclass(frozen=True)
class Made:
    """What a record says. Two records of a task share ``noise`` where they are given the same ``shared``."""

    task: str = "T4"
    model: str = "model-a"
    value: float | None = 0.8
    spread: float = 0.01
    own: float = 0.002
    plugin: str = "idefics"
    deviations: tuple[str, ...] = ()
    synthetic: bool = False
    test_rows: int = 500
    key: str = ""
    positives: int = 100
    primary: str = ""
    chance: float | None = 0.5
    identity: str = ""
    spec_digest: str = ""
    undefined: int = 0
    level: float = 0.95
    seed: int = 20231221
    groups: int = 60
    protocol: str = "standard"
    created: str = "2024-01-01T00:00:00Z"
    extra: tuple[dict[str, Any], ...] = field(default=())


def draws(made: Made) -> np.ndarray:
    """Replicates around the value: noise that all models of a test set share, and some of their own."""
    rng = [np.random.default_rng(int(sha(name)[:8], 16)) for name in (f"{made.task}{made.key}", made.model)]
    noise = made.spread * rng[0].standard_normal(B) + made.own * rng[1].standard_normal(B)
    values = np.clip((made.value or 0.0) + noise, 0.001, 0.999)
    values[: made.undefined] = np.nan
    return values


def _metric(made: Made, **changes: Any) -> dict[str, Any]:
    row = {
        "key": "", "id": "", "label": None, "decoding": None, "stratum": None, "subgroup": None,
        "value": made.value, "sd": made.spread, "ci": None if made.value is None else [0.1, 0.9],
        "method": "undefined" if made.value is None else "bootstrap-percentile", "n": made.test_rows,
        "n_pos": made.positives, "n_groups": made.groups, "undefined": made.undefined, "chance": made.chance,
    }  # fmt: skip
    return {**row, **changes}


def value_of(made: Made) -> dict[str, Any]:
    task = _task(made.task)
    primary = made.primary or (task.primary if task.kind == "probe" else "accuracy|decoding=greedy-1")
    decoding = "greedy-1" if task.kind == "choice" else None
    first = _metric(made, key=primary, id=primary.partition("|")[0], decoding=decoding)
    return {
        "schema": RECORD_SCHEMA,
        "task": {
            "id": task.id, "kind": task.kind, "spec_digest": made.spec_digest or task.digest,
            "protocol": made.protocol, "primary": primary,
        },
        "division": "open" if made.deviations else "official",
        "deviations": list(made.deviations),
        "model": {
            "name": made.model, "plugin": made.plugin, "package": "medbench", "package_version": "0.1.0",
            "address": f"somewhere/{made.model}", "revision": "", "identity": {"weights": sha(made.model)},
            "identity_digest": sha(made.identity or made.model), "row_seeds": True, "training_cutoff": "",
        },
        "cohort": {
            "digest": sha("cohort"), "resample_key": sha(f"{task.id}{made.key}{made.synthetic}"),
            "synthetic": made.synthetic, "group_unit": "patient",
            "counts": {"test": {"rows": made.test_rows, "groups": made.groups}},
            "classes": ["benign", "malignant"], "exclusions": {}, "access": {},
        },
        "coverage": {"n_spec": 500, "n_scored": 500, "n_unparsed": 0, "n_refused": 0, "n_error": 0},
        "metrics": [first, *(_metric(made, **row) for row in made.extra)],
        "statistics": {"unit": "patient", "replicates": B, "seed": made.seed, "level": made.level},
        "selection": None,
        "decodings": None,
        "environment": {
            "medbench": "0.1.0", "python": "3.11", "platform": "Linux", "packages": {}, "devices": [],
        },
        "cost": {"seconds": 1.0, "rows_computed": 500},
        "created": made.created,
    }  # fmt: skip


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Record]:
    """Write a record under ``tmp_path/FOLDER/MODEL/TASK/``."""
    made_so_far: list[Path] = []

    def write(folder: str = "runs", **said: Any) -> Record:
        made = Made(**said)
        value = value_of(made)
        replicates = {row["key"]: draws(made) for row in value["metrics"]}
        place = tmp_path / folder / made.model / f"{made.task}-{len(made_so_far)}"
        file = write_record(place, value, replicates)
        made_so_far.append(file)
        return read_record(file)

    return write
