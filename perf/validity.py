"""False alarms of the ranking test and coverage of the intervals, by simulation.

    PYTHONPATH=. .venv/bin/python perf/validity.py [--simulations 4000] [--cells 400-0.5 …] [--output FILE]

Every simulated test set goes through the functions that ``run`` and ``compare`` use: ``draw_counts``,
``measure_probe``, ``summarise`` and ``paired_bootstrap_test``. A cell that the output file holds already is
not run again. Patients have 2 to 5 images; labels are correlated inside patients (latent 0.8), prevalence
0.3 (0.11 in the corner), two models of equal worth (AUC 0.802) whose noise is correlated 0.6.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri
from scipy.stats import norm

from medbench.scoring.measure import Measure, summarise
from medbench.scoring.predictions import ProbePredictions
from medbench.scoring.probe_metrics import measure_probe
from medbench.stats import draw_counts, paired_bootstrap_test, paired_t_replicates

SEED = 20231221
SHIFT = 1.2
METRICS = ("roc_auc", "f1_macro", "accuracy")
FEW_POSITIVES = 30


@dataclass(frozen=True)
class Cell:
    """Rows, share of the score's noise that a patient's images have in common, and prevalence."""

    n: int
    icc: float
    prevalence: float = 0.3


CELLS = {
    "400-0": Cell(400, 0.0),
    "400-0.5": Cell(400, 0.5),
    "4000-0": Cell(4000, 0.0),
    "4000-0.5": Cell(4000, 0.5),
    "corner-0": Cell(140, 0.0, 0.11),
    "corner-0.5": Cell(140, 0.5, 0.11),
}


def main() -> None:
    """Run the cells that are not in the output file and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=4000)
    parser.add_argument("--cells", nargs="*", choices=list(CELLS), default=list(CELLS))
    parser.add_argument("--output", type=Path, default=Path("validity.json"))
    args = parser.parse_args()
    done = json.loads(args.output.read_text()) if args.output.exists() else {}
    for name in args.cells:
        key = f"{name} x {args.simulations}"
        if key not in done:
            start = time.process_time()
            done[key] = simulate(name, args.simulations)
            done[key]["cpu_seconds"] = round(time.process_time() - start, 1)
            temporary = args.output.with_suffix(".part")
            temporary.write_text(json.dumps(done, indent=1, sort_keys=True))
            temporary.replace(args.output)
        _print(key, done[key], len(METRICS) * len(CELLS) * 2)


def simulate(name: str, simulations: int) -> dict[str, object]:
    """One cell, by metric: p < 0.05, intervals that hold the truth, p < 0.05 of the paper's test."""
    cell, truth = CELLS[name], _truth(CELLS[name].prevalence)
    counted = {m: {"tests": 0, "alarms": 0, "paper": 0, "intervals": 0, "covered": 0} for m in METRICS}
    for number in range(simulations):
        rng = np.random.default_rng([SEED, list(CELLS).index(name), number])
        y, groups, scores = _draw(cell, rng)
        if not 2 <= y.sum() <= len(y) - 2:
            continue
        draws = draw_counts(groups, 1000, f"validity {name} {number}", SEED)
        probabilities = expit(SHIFT * (scores - SHIFT / 2))
        found = [
            measure_probe(
                ProbePredictions(y, np.stack([1 - p, p], 1), groups, ("no", "yes")), METRICS, (), draws
            )
            for p in probabilities
        ]
        for first, second in zip(*found, strict=True):
            _count(counted[first.id], (first, second), int(y.sum()), truth[first.id])
    return {"seed": SEED, "simulations": simulations, "metrics": counted}


def _count(counted: dict[str, int], pair: tuple[Measure, Measure], positives: int, truth: float) -> None:
    first, second = pair
    if first.value is None or second.value is None:
        return
    few = first.id == "roc_auc" and positives < FEW_POSITIVES
    test = paired_bootstrap_test(
        first.replicates,
        second.replicates,
        first.value,
        second.value,
        groups=min(first.n_groups, second.n_groups),
        scale="logit" if few else "identity",
    )
    if test.p_value is not None:
        counted["tests"] += 1
        counted["alarms"] += test.p_value < 0.05
        paper = paired_t_replicates(first.replicates, second.replicates).p_value
        counted["paper"] += paper is not None and paper < 0.05
    ci = summarise([first], 0.95)[0]["ci"]
    if ci is not None:
        counted["intervals"] += 1
        counted["covered"] += ci[0] <= truth <= ci[1]


def _draw(
    cell: Cell, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Labels (n,), groups (n,) and the scores of two models (2, n)."""
    sizes = rng.integers(2, 6, cell.n)
    groups = np.repeat(np.arange(cell.n), sizes)[: cell.n]
    latent = np.sqrt(0.8) * rng.normal(size=cell.n)[groups] + np.sqrt(0.2) * rng.normal(size=cell.n)
    y = (latent > -ndtri(cell.prevalence)).astype(np.int64)

    def noise() -> NDArray[np.float64]:
        of_patient = rng.normal(size=cell.n)[groups]
        own = rng.normal(size=cell.n)
        mixed: NDArray[np.float64] = np.sqrt(cell.icc) * of_patient + np.sqrt(1 - cell.icc) * own
        return mixed

    common = noise()
    models = [SHIFT * y + np.sqrt(0.6) * common + np.sqrt(0.4) * noise() for _ in range(2)]
    return y, groups, np.array(models)


def _truth(prevalence: float) -> dict[str, float]:
    """The metrics of infinitely many patients, at the threshold SHIFT / 2."""
    right = float(ndtr(SHIFT / 2))
    tp, fn = prevalence * right, prevalence * (1 - right)
    tn, fp = (1 - prevalence) * right, (1 - prevalence) * (1 - right)
    f1 = (2 * tp / (2 * tp + fp + fn) + 2 * tn / (2 * tn + fp + fn)) / 2
    return {"roc_auc": float(ndtr(SHIFT / np.sqrt(2))), "f1_macro": f1, "accuracy": tp + tn}


def _print(key: str, found: dict[str, object], family: int) -> None:
    """Rates with half-widths of simultaneous 99 % bands (Bonferroni over the table)."""
    z = float(norm.ppf(1 - 0.01 / 2 / family))
    print(f"{key}: seed {found['seed']}, {found['cpu_seconds']} CPU s")
    metrics: dict[str, dict[str, int]] = found["metrics"]  # type: ignore[assignment]
    for name, c in metrics.items():
        alarms, covered = c["alarms"] / c["tests"], c["covered"] / c["intervals"]
        bands = [
            100 * z * np.sqrt(p * (1 - p) / m) for p, m in ((alarms, c["tests"]), (covered, c["intervals"]))
        ]
        print(
            f"  {name:10} false alarms {100 * alarms:5.2f} ± {bands[0]:.2f} %   "
            f"coverage {100 * covered:5.2f} ± {bands[1]:.2f} %   "
            f"paper {100 * c['paper'] / c['tests']:.1f} %   tests {c['tests']}, intervals {c['intervals']}",
            flush=True,
        )


if __name__ == "__main__":
    main()
