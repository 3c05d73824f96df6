"""Synthetic images and prompts, made on the spot: no file, no network, the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from medbench.choice import Case, build_prompt
from medbench.models import ImagePart, Prompt, Turn

__all__ = ["BATCH", "OPTIONS", "case_prompt", "failing_image", "image", "probe_prompt", "probe_prompts"]

BATCH = 8
"""Rows of the large batch."""

QUESTION = "Question: What's on this image? Answer:"
OPTIONS = ("melanoma", "benign naevus", "seborrhoeic keratosis", "vascular lesion", "dermatofibroma")
SIDE = 96


def image(seed: int) -> ImagePart:
    """A colour gradient with three discs, 96 by 96: as different from other seeds as two photographs."""
    drawn = np.random.default_rng(seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    base, slope = drawn.uniform(0, 255, 3), drawn.uniform(-160, 160, (2, 3))
    pixels = base + x[..., None] * slope[0] + y[..., None] * slope[1]
    for _ in range(3):
        centre, radius = drawn.uniform(0.2, 0.8, 2), drawn.uniform(0.08, 0.25)
        pixels[(x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2] = drawn.uniform(0, 255, 3)
    made = np.clip(pixels, 0, 255).astype(np.uint8)
    return ImagePart(Image.fromarray(made), hashlib.sha256(made.tobytes()).hexdigest())


def probe_prompt(seed: int, text: str = QUESTION, further: Sequence[int] = ()) -> Prompt:
    """Images first, then a text, as the probe tasks show them."""
    return Prompt((Turn("verbatim", (*(image(one) for one in (seed, *further)), text)),))


def probe_prompts(first: int = 0, rows: int = BATCH, mixed: bool = False) -> list[Prompt]:
    """``rows`` prompts with different images; ``mixed``: with texts of different lengths as well."""
    texts = [f"{'Look closely. ' * (2 * i if mixed else 0)}{QUESTION}" for i in range(rows)]
    return [probe_prompt(first + i, text) for i, text in enumerate(texts)]


def case_prompt(seed: int, shown: ImagePart | None = None, exemplars: int = 0) -> Prompt:
    """A multiple-choice case in the template of the choice tasks, after solved ones."""
    words = "What is the diagnosis of this patient?" + " The lesion has grown since spring." * (seed % 4)
    case = Case(words, OPTIONS, 0, (shown or image(seed),))
    solved = [Case("What is the diagnosis?", OPTIONS, i, (image(900 + i),)) for i in range(exemplars)]
    return build_prompt("options-numbered-text-answer", solved, case)


def failing_image(fault: BaseException, asked: list[str]) -> ImagePart:
    """An image whose pixels cannot be read: whoever asks for them gets ``fault``, and ``asked`` an entry."""

    class Unreadable(Image.Image):
        def load(self) -> None:
            asked.append("load")
            raise fault

    made = Image.new("RGB", (SIDE, SIDE))
    made.__class__ = Unreadable
    return ImagePart(made, hashlib.sha256(b"unreadable").hexdigest())
