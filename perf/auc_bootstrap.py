"""AUC bootstrap beside scikit-learn's loop: python perf/auc_bootstrap.py [replicates of the slow loop, 5]

One thread, CPU seconds, medians of five, in one run; sorting, drawing and laying out included.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable

import numpy as np
from sklearn.metrics import roc_auc_score

from medbench import stats
from medbench.stats import compiled, confusion, curve_sweep, draw, shared_counts

B = 1000
PREVALENCES = [0.73, 0.07, 0.15, 0.03, 0.02]


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds, after one call that is not counted."""
    work()
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return float(np.median(found))


def sample(n: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """0/1 labels and scores (n, k), and patients of about two images."""
    rng = np.random.default_rng(20231221)
    if k == 5:
        y = np.eye(5, dtype=int)[rng.choice(5, n, p=PREVALENCES)]
    else:
        y = (rng.random((n, k)) < rng.uniform(0.01, 0.3, k)).astype(int)
    return y, rng.normal(size=(n, k)) + y, np.arange(n) // 2


def use(found: object) -> None:
    """Have every kernel's user take the compiled ones, or none."""
    for module in (confusion, curve_sweep, draw, shared_counts):
        module.kernels = lambda: found  # type: ignore[attr-defined]


def slow_loop(y: np.ndarray, scores: np.ndarray, counts: np.ndarray) -> list[list[float]]:
    """scikit-learn, a call per class, on copied rows."""
    return [
        [roc_auc_score(np.repeat(y[:, c], row), np.repeat(scores[:, c], row)) for c in range(y.shape[1])]
        for row in counts
    ]


def measure(y: np.ndarray, scores: np.ndarray, patients: np.ndarray) -> dict[str, float]:
    """Seconds of a whole bootstrap by image and by patient, and of its parts."""
    images = np.arange(len(y))
    shared = stats.share_counts(stats.draw_counts(images, B, "T", 1))

    def whole(groups: np.ndarray) -> np.ndarray:
        drawn = stats.share_counts(stats.draw_group_counts(groups, B, "T", 1), groups)
        return stats.roc_auc_replicates(y, scores, drawn)

    return {
        "all": seconds(lambda: whole(images)),
        "by patient": seconds(lambda: whole(patients)),
        "drawing": seconds(lambda: stats.draw_counts(images, B, "T", 1)),
        "sort and kernel": seconds(lambda: stats.roc_auc_replicates(y, scores, shared)),
    }


def main(slow: int) -> None:
    """Print a table."""
    passed = np.ones(2**26, np.uint8).view(np.uint64)
    rate = passed.nbytes / seconds(passed.sum)
    both = {"numba": compiled.kernels(), "numpy": None}
    for name, n, k in (("T5", 18_740, 5), ("T7", 7_943, 54)):
        y, scores, patients = sample(n, k)
        counts = stats.draw_counts(np.arange(n), B, "T", 1)
        start = time.process_time()
        expected = slow_loop(y, scores, counts[:slow])
        loop = (time.process_time() - start) * B / slow
        bound = k * n * B / rate
        print(f"{name}: n {n}, {k} columns; scikit-learn {loop:.1f} s; one pass of the counts {bound:.4f} s")
        for way, kernels in both.items():
            if way == "numba" and kernels is None:
                print("  numba is not installed")
                continue
            use(kernels)
            error = np.abs(stats.roc_auc_replicates(y, scores, counts)[:slow] - expected).max()
            found = measure(y, scores, patients)
            parts = ", ".join(f"{part} {spent:.4f} s (x{loop / spent:.0f})" for part, spent in found.items())
            print(
                f"  {way}: {parts}; kernel / bound {found['sort and kernel'] / bound:.1f}; error {error:.1e}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
