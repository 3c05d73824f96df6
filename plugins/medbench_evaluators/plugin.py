"""The built-in metrics and extractor, given as a third party's would be."""

from __future__ import annotations

from medbench.hooks import hookimpl
from medbench.models import EXTRACTORS, METRICS, ExtractorCard, MetricCard

__all__ = ["medbench_extractors", "medbench_metrics"]


@hookimpl
def medbench_metrics() -> list[MetricCard]:
    """Metrics of probe tasks."""
    return list(METRICS.values())


@hookimpl
def medbench_extractors() -> list[ExtractorCard]:
    """How an answer is read from a reply."""
    return list(EXTRACTORS.values())
