"""Synthetic samples: small copies of every source in the provider's own layout, drawn by medbench."""

from medbench.cohort.samples.write import WRITERS, write_samples

__all__ = ["WRITERS", "write_samples"]
