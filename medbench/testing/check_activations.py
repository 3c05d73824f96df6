"""Contract tests of ``activations``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medbench.models import Prompt
from medbench.testing.closeness import distance, widest
from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.prompts import BATCH, probe_prompt, probe_prompts
from medbench.testing.subject import Subject

__all__ = [
    "batch_invariance",
    "determinism",
    "dtype",
    "finite",
    "image_matters",
    "order",
    "reading",
    "same_again",
    "several_images",
    "shapes",
    "tolerance",
]

Array = NDArray[np.floating]

FLOAT32_TOLERANCE, HALF_TOLERANCE = 1e-3, 0.1
SAME = 1e-6
"""What two calls with the same input may differ by."""

VISIBLE = 1e-5
"""What another image must change an activation by at least."""


def tolerance(subject: Subject) -> float:
    """What a batch of another size may change an activation by, relative to its root mean square."""
    return HALF_TOLERANCE if subject.half else FLOAT32_TOLERANCE


def shapes(subject: Subject) -> Numbers:
    """One array a tap, one row a prompt, as wide as the handle says."""
    for rows in (1, 3):
        given = subject.model.activations(probe_prompts(rows=rows), subject.taps)
        lacking = [tap.name for tap in subject.taps if tap not in given]
        if lacking:
            raise Failed(f"no array for {', '.join(lacking)}")
        for tap in subject.taps:
            found = np.shape(given[tap])
            if len(found) != 2 or found[0] != rows:
                raise Failed(f"{tap.name} is {found} for {rows} prompts, expected ({rows}, width)")
    width = np.shape(given[subject.taps[0]])[1]
    if width != subject.handle.width:
        raise Failed(f"{subject.taps[0].name} is {width} wide, and the handle says {subject.handle.width}")
    empty = [tap.name for tap in subject.taps if np.shape(given[tap])[1] < 1]
    if empty:
        raise Failed(f"{', '.join(empty)} is empty")
    return {"taps": len(subject.taps), "width": width}


def dtype(subject: Subject) -> Numbers:
    """Activations are NumPy arrays of a floating-point type."""
    given = subject.model.activations(probe_prompts(rows=2), subject.taps)
    for tap in subject.taps:
        found = getattr(given[tap], "dtype", None)
        if not isinstance(given[tap], np.ndarray) or not np.issubdtype(found, np.floating):
            raise Failed(
                f"{tap.name} is {type(given[tap]).__name__} of {found}, expected a NumPy float array"
            )
    return {"dtype": str(given[subject.taps[0]].dtype)}


def finite(subject: Subject) -> Numbers:
    """No activation is NaN or infinite."""
    given = subject.model.activations(probe_prompts(mixed=True), subject.taps)
    bad = {tap.name: int(np.count_nonzero(~np.isfinite(np.asarray(given[tap])))) for tap in subject.taps}
    if any(bad.values()):
        raise Failed("some activations are not finite", **{tap: n for tap, n in bad.items() if n})
    return {"largest": max(float(np.max(np.abs(given[tap]))) for tap in subject.taps)}


def order(subject: Subject) -> Numbers:
    """Row i of a batch belongs to prompt i, also when the prompts come the other way round."""
    tap = subject.taps[-1].name
    for prompts in (probe_prompts(mixed=True), probe_prompts(mixed=True)[::-1]):
        batch = subject.activations(prompts)[tap]
        alone = np.concatenate([subject.activations([prompt])[tap] for prompt in prompts])
        for i, row in enumerate(batch):
            distances = np.linalg.norm(alone.astype(np.float64) - row, axis=1)
            nearest = int(np.argmin(distances))
            if distances[nearest] < distances[i] * (1 - 1e-6) - 1e-12:
                raise Failed(f"row {i} of a batch of {len(prompts)} is that of prompt {nearest}")
    return {"rows": BATCH}


def batch_invariance(subject: Subject) -> Numbers:
    """A row is the same alone, among eight, and among longer ones, within the tolerance that is printed."""
    numbers: dict[str, float | int | str] = {}
    for name, mixed in (("batch 8", False), ("mixed lengths", True)):
        prompts = probe_prompts(mixed=mixed)
        numbers[name] = widest(subject.activations(prompts), _one_by_one(subject, prompts))
    numbers["tolerance"] = tolerance(subject)
    if max(float(numbers["batch 8"]), float(numbers["mixed lengths"])) > tolerance(subject):
        raise Failed("a row depends on the batch that it stands in", **numbers)
    return numbers


def determinism(subject: Subject) -> Numbers:
    """The same call twice gives the same numbers."""
    prompts = probe_prompts(rows=4)
    return same_again(subject.activations(prompts), subject.activations(prompts), "called twice")


def same_again(found: dict[str, Array], expected: dict[str, Array], how: str) -> Numbers:
    """Passes what is the same up to the last digits.

    Raises:
        Failed: it is not.
    """
    apart = widest(found, expected)
    if not apart <= SAME:
        raise Failed(f"{how}, the activations differ", difference=apart, tolerance=SAME)
    return {"difference": apart, "tolerance": SAME}


def reading(subject: Subject, prompts: Sequence[Prompt]) -> Array:
    """What the model makes of each prompt, float (prompts, d): the deepest tap, else options' likelihoods.

    Raises:
        Skipped: it offers neither.
    """
    offered = subject.card.capabilities
    if "activations" in offered:
        return subject.activations(prompts, subject.taps[-1:])[subject.taps[-1].name]
    if "option_loglikelihood" in offered:
        return subject.model.option_loglikelihood(prompts, [["yes", "no"]] * len(prompts))[0]
    raise Skipped("it gives neither activations nor likelihoods of options")


def image_matters(subject: Subject) -> Numbers:
    """Another image, with the same text, changes what the model reads."""
    if not subject.reads_images:
        raise Skipped("the card says that the model takes no image")
    found = reading(subject, [probe_prompt(seed) for seed in range(6)])
    changes = [distance(row, found[0]) for row in found[1:]]
    if min(changes) < VISIBLE:
        raise Failed("another image changes nothing", smallest=min(changes))
    return {"smallest change": min(changes), "at least": VISIBLE}


def several_images(subject: Subject) -> Numbers:
    """Of two images in a prompt each is read, and their order counts."""
    if "images" not in subject.card.inputs:
        raise Skipped("the card says that the model takes one image a prompt")
    prompts = [probe_prompt(1, further=[2]), probe_prompt(1, further=[3]), probe_prompt(4, further=[2])]
    found = reading(subject, [*prompts, probe_prompt(2, further=[1])])
    names = ("second changed", "first changed", "swapped")
    changes = {name: distance(row, found[0]) for name, row in zip(names, found[1:], strict=True)}
    unseen = [name for name, change in changes.items() if change < VISIBLE]
    if unseen:
        raise Failed(f"two images in a prompt: {', '.join(unseen)}, and nothing changes", **changes)
    return changes


def _one_by_one(subject: Subject, prompts: Sequence[Prompt]) -> dict[str, Array]:
    alone = [subject.activations([prompt]) for prompt in prompts]
    return {tap: np.concatenate([one[tap] for one in alone]) for tap in alone[0]}
