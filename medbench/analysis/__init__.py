"""Declared variations of a probe task, computed beside its record: pure functions of rows and predictions."""

from medbench.analysis.label_efficiency import label_efficiency
from medbench.analysis.layer_sweep import layer_sweep
from medbench.analysis.question import Question
from medbench.analysis.subgroups import subgroups
from medbench.analysis.subsets import nested_subsets

__all__ = ["Question", "label_efficiency", "layer_sweep", "nested_subsets", "subgroups"]
