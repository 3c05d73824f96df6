"""Scoring: predictions become measures with replicates, intervals and chance lines."""

from medbench.scoring.choice_metrics import measure_choice
from medbench.scoring.measure import Measure, rounded, summarise
from medbench.scoring.predictions import (
    ChoicePredictions,
    DecodingOutcome,
    ProbePredictions,
    read_correct,
    read_probe,
    write_choice,
    write_probe,
)
from medbench.scoring.probe_metrics import measure_probe

__all__ = [
    "ChoicePredictions",
    "DecodingOutcome",
    "Measure",
    "ProbePredictions",
    "measure_choice",
    "measure_probe",
    "read_correct",
    "read_probe",
    "rounded",
    "summarise",
    "write_choice",
    "write_probe",
]
