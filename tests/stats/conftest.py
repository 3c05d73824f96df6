"""The first use of a kernel compiles it: done here, where no test's deadline counts it."""

from __future__ import annotations

import pytest

from medbench import stats


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    stats.roc_auc_replicates([0, 1], [0.0, 1.0], stats.draw_counts([0, 1], 2, "key", 1))
