"""The probe: L2 logistic regression on frozen activations, selected inside train."""

from medbench.probe.logistic import LogisticProbe, fit_logistic
from medbench.probe.quantise import quantise
from medbench.probe.rows import TestRows, TrainRows
from medbench.probe.select import FittedProbe, Selection, ValidationLoss, fit_probe, validate

__all__ = [
    "FittedProbe",
    "LogisticProbe",
    "Selection",
    "TestRows",
    "TrainRows",
    "ValidationLoss",
    "fit_logistic",
    "fit_probe",
    "quantise",
    "validate",
]
