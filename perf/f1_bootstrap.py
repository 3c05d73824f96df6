"""F1 bootstrap on shared counts beside scikit-learn's loop: python perf/f1_bootstrap.py

One thread, CPU seconds, medians of five, in one run. The counts are drawn and laid out once a task, for all
metrics, so neither side counts that.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
from auc_bootstrap import PREVALENCES, B, seconds
from sklearn.metrics import f1_score

from medbench import stats

N, SLOW = 18_740, 20


def main() -> None:
    """Print both, and the largest difference."""
    rng = np.random.default_rng(20231221)
    y = rng.choice(5, N, p=PREVALENCES)
    called = np.where(rng.random(N) < 0.7, y, rng.integers(0, 5, N))
    counts = stats.draw_counts(np.arange(N), B, "T5", 1)
    shared = stats.share_counts(counts)
    start = time.process_time()
    expected = [f1_score(np.repeat(y, row), np.repeat(called, row), average=None) for row in counts[:SLOW]]
    loop = (time.process_time() - start) * B / SLOW
    found = stats.f1_replicates(y, called, shared, average=None)
    fast = seconds(lambda: stats.f1_replicates(y, called, shared, average=None), 15)
    error = np.abs(found[:SLOW] - expected).max()
    print(f"scikit-learn {loop:.2f} s; medbench {fast:.5f} s (x{loop / fast:.0f}); difference {error:.1e}")


if __name__ == "__main__":
    main()
