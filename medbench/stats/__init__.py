"""Metrics, resampling, intervals, tests and chance levels: pure functions of arrays."""

from medbench.stats.chance import ROC_AUC_CHANCE, any_of_chance, choice_chance, f1_chance, majority_of_chance
from medbench.stats.clopper_pearson import clopper_pearson_interval
from medbench.stats.confusion import confusion_replicates
from medbench.stats.delong import delong_test
from medbench.stats.draw import draw_counts, draw_group_counts
from medbench.stats.equivalence import EquivalenceResult, equivalence_test
from medbench.stats.interval import MAX_UNDEFINED, Interval
from medbench.stats.mcnemar import mcnemar_test
from medbench.stats.metric_accuracy import accuracy, accuracy_replicates
from medbench.stats.metric_average_precision import average_precision, average_precision_replicates
from medbench.stats.metric_balanced_accuracy import balanced_accuracy, balanced_accuracy_replicates
from medbench.stats.metric_brier import brier, brier_replicates
from medbench.stats.metric_f1 import Average, f1, f1_replicates
from medbench.stats.metric_predictive_value import predictive_values, predictive_values_replicates
from medbench.stats.metric_quadratic_kappa import quadratic_kappa, quadratic_kappa_replicates
from medbench.stats.metric_roc_auc import roc_auc, roc_auc_replicates
from medbench.stats.multiplicity import benjamini_hochberg, holm
from medbench.stats.paired_bootstrap import paired_bootstrap_test
from medbench.stats.paired_t import paired_t_replicates
from medbench.stats.percentile import percentile_interval, replicate_sd
from medbench.stats.power import detectable_difference
from medbench.stats.result import TestResult
from medbench.stats.shared_counts import SharedCounts, share_counts
from medbench.stats.wilson import wilson_interval

__all__ = [
    "MAX_UNDEFINED",
    "ROC_AUC_CHANCE",
    "Average",
    "EquivalenceResult",
    "Interval",
    "SharedCounts",
    "TestResult",
    "accuracy",
    "accuracy_replicates",
    "any_of_chance",
    "average_precision",
    "average_precision_replicates",
    "balanced_accuracy",
    "balanced_accuracy_replicates",
    "benjamini_hochberg",
    "brier",
    "brier_replicates",
    "choice_chance",
    "clopper_pearson_interval",
    "confusion_replicates",
    "delong_test",
    "detectable_difference",
    "draw_counts",
    "draw_group_counts",
    "equivalence_test",
    "f1",
    "f1_chance",
    "f1_replicates",
    "holm",
    "majority_of_chance",
    "mcnemar_test",
    "paired_bootstrap_test",
    "paired_t_replicates",
    "percentile_interval",
    "predictive_values",
    "predictive_values_replicates",
    "quadratic_kappa",
    "quadratic_kappa_replicates",
    "replicate_sd",
    "roc_auc",
    "roc_auc_replicates",
    "share_counts",
    "wilson_interval",
]
