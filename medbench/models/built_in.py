"""The cards of medbench's own metrics and extractor; its plugin gives them as any plugin gives its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medbench.models.evaluators import ExtractorCard, MetricCard

__all__ = ["EXTRACTORS", "METRICS"]


def _card(name: str, summary: str, **rest: Any) -> MetricCard:
    return MetricCard(name, f"medbench.scoring.metric_functions:{name}", summary=summary, **rest)


def _chance(name: str) -> str:
    return f"medbench.scoring.metric_functions:{name}_chance"


AUC: dict[str, Any] = {"chance": 0.5, "evidence": "positives", "multilabel": True}

METRICS: Mapping[str, MetricCard] = {
    card.name: card
    for card in (
        _card("roc_auc", "area under the ROC curve, one against the rest", **AUC),
        _card("roc_auc_mean", "its mean over classes or labels", **AUC),
        _card("f1", "F1 of each class", chance=_chance("f1"), evidence="positives"),
        _card("f1_macro", "plain mean of the classes' F1", chance=_chance("f1_macro")),
        _card("f1_weighted", "mean of the classes' F1 by frequency", chance=_chance("f1_weighted")),
        _card(
            "average_precision",
            "area under precision and recall, one against the rest",
            chance=_chance("average_precision"),
            evidence="positives",
            multilabel=True,
        ),
        _card("balanced_accuracy", "mean recall of the classes", chance=_chance("balanced_accuracy")),
        _card("quadratic_kappa", "agreement of grades in order, weighted by squared distance", chance=0.0),
        _card("brier", "squared distance of the probabilities", direction="lower", chance=_chance("brier")),
        _card("accuracy", "share of right answers", chance=_chance("accuracy")),
    )
}

EXTRACTORS: Mapping[str, ExtractorCard] = {
    "medbench-extract/1": ExtractorCard(
        "medbench-extract/1", "medbench.choice:extract_answer", "letter, number or option text; never guesses"
    )
}
