"""Contract test of loading for a part of what a model offers."""

from __future__ import annotations

from medbench.models import Need
from medbench.testing.check_activations import tolerance
from medbench.testing.closeness import distance
from medbench.testing.outcome import Failed, Numbers
from medbench.testing.prompts import probe_prompts
from medbench.testing.subject import Subject

__all__ = ["need_is_enough"]


def need_is_enough(subject: Subject) -> Numbers:
    """Loaded for one tap alone, that tap has the same values, and the handle's identity stays as it was."""
    prompts = probe_prompts(rows=3, mixed=True)
    expected = subject.activations(prompts)
    numbers: dict[str, float | int | str] = {}
    for tap in subject.taps:
        handle = subject.card.open(subject.options)
        before = dict(handle.identity().values)
        with subject.another(Need((tap,)), handle) as model:
            found = model.activations(prompts, [tap])[tap]
        if dict(handle.identity().values) != before:
            raise Failed("loading changed the identity")
        numbers[tap.name] = apart = distance(found, expected[tap.name])
        if not apart <= tolerance(subject):
            raise Failed(f"loaded for {tap.name} alone, it has other values", difference=apart)
    return numbers
