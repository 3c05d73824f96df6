"""Multiple choice: prompt templates and answer extraction."""

from medbench.choice.extract import EXTRACTOR, Verdict, extract_answer
from medbench.choice.templates import TEMPLATES, Case, build_prompt

__all__ = ["EXTRACTOR", "TEMPLATES", "Case", "Verdict", "build_prompt", "extract_answer"]
