"""Cohorts: the provider's files become a checked table of samples."""

from medbench.cohort.availability import SourceState, source_states
from medbench.cohort.cohort import Cohort, CohortRow
from medbench.cohort.files import prepare_cohort, read_cohort
from medbench.cohort.source import ImageRef, SourceReader, SourceRow, SourceTable

__all__ = [
    "Cohort",
    "CohortRow",
    "ImageRef",
    "SourceReader",
    "SourceRow",
    "SourceState",
    "SourceTable",
    "prepare_cohort",
    "read_cohort",
    "source_states",
]
