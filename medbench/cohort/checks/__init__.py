"""Checks of data: what leaks, what is twice there, what cannot be read, what is another edition.

This page has what every run needs; ``parts`` and ``verify`` have the checks of ``medbench data verify``.
"""

from medbench.cohort.checks.image_names import NameImage, image_names
from medbench.cohort.checks.leaks import Leaks, find_leaks
from medbench.cohort.checks.refusal import LeakError, describe_leaks, refuse_leaks

__all__ = ["LeakError", "Leaks", "NameImage", "describe_leaks", "find_leaks", "image_names", "refuse_leaks"]
