"""A valid record, made of the examples in its schema."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from medbench.spec import load_schema


def _example(schema: dict[str, Any]) -> Any:
    if "properties" in schema:
        return {key: _example(schema["properties"][key]) for key in schema["required"]}
    return schema["examples"][0]


@pytest.fixture
def value() -> dict[str, Any]:
    value: dict[str, Any] = _example(load_schema("record"))
    value["metrics"] = [_example(load_schema("record")["properties"]["metrics"]["items"])]
    value["metrics"][0].update(key="roc_auc", id="roc_auc", value=0.875, ci=[0.75, 0.95])
    value["task"]["primary"] = "roc_auc"
    value["division"], value["deviations"] = "official", []
    value["coverage"] = {"n_spec": 10, "n_scored": 7, "n_unparsed": 1, "n_refused": 1, "n_error": 1}
    value["statistics"]["replicates"] = 50
    del value["statistics"]["replicates_digest"]
    return value


@pytest.fixture
def replicates() -> dict[str, np.ndarray]:
    draws = np.random.default_rng(0).normal(0.85, 0.02, 50)
    draws[3] = np.nan
    return {"roc_auc": draws}
