"""The cards. Every command imports this file, so it stays light: no NumPy."""

from __future__ import annotations

from pathlib import Path

from medbench.hooks import hookimpl
from medbench.models import ExtractorCard, MetricCard

plugin_api = 1


@hookimpl
def medbench_metrics() -> list[MetricCard]:
    """The metrics of this package."""
    return [
        MetricCard(
            name="example:balanced_accuracy",
            opener="medbench_example_evaluators.metrics:balanced_accuracy",
            chance="medbench_example_evaluators.metrics:balanced_chance",
            summary="mean of the classes' recalls",
        )
    ]


@hookimpl
def medbench_extractors() -> list[ExtractorCard]:
    """Its ways to read an answer."""
    return [
        ExtractorCard(
            name="example:last-letter/1",
            opener="medbench_example_evaluators.answers:last_letter",
            summary="the last letter A to J that stands alone",
        )
    ]


@hookimpl
def medbench_tasks() -> list[Path]:
    """Its folder of tasks."""
    return [Path(__file__).parent / "tasks"]
