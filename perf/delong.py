"""Paired DeLong beside R's pROC: python perf/delong.py

CPU seconds, medians, in one run; R's start is left out, its two roc() calls are in. Without R or pROC the
script says so and compares with the form over all pairs.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from auc_bootstrap import seconds

from medbench import stats

SCRIPT = """
suppressMessages(library(pROC)); d <- read.csv("FILE")
one <- function() roc.test(roc(d$y, d$a, quiet=TRUE, direction="<"), roc(d$y, d$b, quiet=TRUE, direction="<"),
                           method="delong", paired=TRUE)
found <- one(); times <- sapply(1:9, function(i) { t <- proc.time(); for (j in 1:5) one()
                                                  sum((proc.time() - t)[1:2]) / 5 })
cat(sprintf("%.15g %.6g", found$statistic, median(times)))
"""


def by_pairs(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """z over all pairs of a positive and a negative."""
    won = [(s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0]) for s in (a, b)]
    difference = won[0] - won[1]
    variance = sum(difference.mean(axis=axis).var(ddof=1) / difference.shape[1 - axis] for axis in (0, 1))
    return float(difference.mean() / np.sqrt(variance))


def proc(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float] | None:
    """z and seconds of pROC."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scores.csv")
        np.savetxt(file, np.column_stack([y, a, b]), "%.17g", ",", header="y,a,b", comments="")
        done = subprocess.run(
            ["Rscript", "-e", SCRIPT.replace("FILE", str(file))], capture_output=True, text=True, check=False
        )
    if done.returncode:
        return None
    z, spent = map(float, done.stdout.split())
    return z, spent


def main() -> None:
    """Print a line a size."""
    for n, positives, decimals in ((1200, 330, 17), (7081, 132, 17), (18740, 1770, 17), (18740, 1770, 1)):
        rng = np.random.default_rng(n)
        y = rng.permutation(np.arange(n) < positives).astype(int)
        shared = rng.normal(size=n) + y
        a, b = ((shared + rng.normal(size=n)).round(decimals) for _ in range(2))
        result = stats.delong_test(y, a, b)
        fast = seconds(lambda y=y, a=a, b=b: stats.delong_test(y, a, b), 15)
        reference = proc(y, a, b)
        name = "pROC"
        if reference is None:
            name = "R's pROC is not here; all pairs"
            reference = by_pairs(y, a, b), seconds(lambda y=y, a=a, b=b: by_pairs(y, a, b), 1)
        z, slow = reference
        print(
            f"n {n}, {positives} positives: {1000 * fast:.2f} ms; {name}: {1000 * slow:.1f} ms "
            f"(x{slow / fast:.1f}); difference of z {abs(abs(z) - abs(result.statistic or 0.0)):.1e}"
        )


if __name__ == "__main__":
    main()
