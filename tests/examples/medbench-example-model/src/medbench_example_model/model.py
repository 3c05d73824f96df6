"""Two blocks over the mean colours of the images and the words of the text; replies are one of the options.

The smallest model that does all a vision-language model has to: blocks to tap, several images in order,
replies drawn row by row from their own seeds. Its weights come from a fixed seed, so there is no file to download.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from medbench.models import Identity, ImagePart, Need, OpenOptions, Prompt, Reply, Sampling, Tap
from medbench.torchkit.row_sampler import ROW_SAMPLER, gumbel_noise, strongest
from PIL import Image

GRID, WIDTH, BLOCKS = 4, 16, 2


class Handle:
    """The model without weights."""

    blocks, width, outputs = BLOCKS, WIDTH, ()

    def identity(self) -> Identity:
        """All that can change an output; the sampler is one of it."""
        return Identity(
            {"dtype": "float32", "numerics_version": "example-model-1", "row_sampler": ROW_SAMPLER},
            {"numpy": np.__version__},
        )

    def render(self, prompt: Prompt) -> str:
        """What the model reads, with a mark for each image."""
        return " ".join(part if isinstance(part, str) else "<image>" for part in prompt.parts())

    def count_tokens(self, prompt: Prompt) -> int:
        """Words and image marks."""
        return len(self.render(prompt).split())

    def memory_gib(self, need: Need) -> float:
        """A few kilobytes."""
        return 1e-5

    def load(self, need: Need, devices: Sequence[str]) -> Model:
        """Make the weights."""
        return Model(self)


class Model:
    """The model in memory."""

    def __init__(self, handle: Handle) -> None:
        draw = np.random.default_rng(20231221)
        self.handle = handle
        self.eye = draw.normal(size=(3 * GRID * GRID, WIDTH)).astype(np.float32)
        self.layers = draw.normal(size=(BLOCKS, WIDTH, WIDTH)).astype(np.float32) / np.sqrt(WIDTH)

    def activations(self, prompts: Sequence[Prompt], taps: Sequence[Tap]) -> Mapping[Tap, np.ndarray]:
        """Float32 (prompts, width) a tap, rows in the order of ``prompts``."""
        rows = [self._blocks(prompt) for prompt in prompts]
        return {tap: np.stack([row[tap.block] for row in rows]) for tap in taps}

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, seeds: np.ndarray) -> list[list[Reply]]:
        """One option a try; a row that fails says so and leaves the others alone."""
        return [self._row(prompt, sampling, row) for prompt, row in zip(prompts, seeds, strict=True)]

    def option_loglikelihood(self, *_: object) -> None:
        """Not offered."""
        raise NotImplementedError("option_loglikelihood")

    def close(self) -> None:
        """Free the memory."""
        self.eye = self.layers = np.empty(0, np.float32)

    def _row(self, prompt: Prompt, sampling: Sampling, seeds: np.ndarray) -> list[Reply]:
        options = prompt.options or ("yes", "no")
        try:
            logits = np.array([_direction(option) for option in options]) @ self._blocks(prompt)[-1]
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with a row stays with it
            return [Reply("", 0, "error")] * len(seeds)
        return [Reply(options[_draw(logits, sampling, int(seed))], 1, "stop") for seed in seeds]

    def _blocks(self, prompt: Prompt) -> list[np.ndarray]:
        state = _direction(self.handle.render(prompt))
        for number, part in enumerate(prompt.images()):
            state = state + np.roll(_colours(part) @ self.eye, number)
        found = []
        for layer in self.layers:
            state = np.tanh(state @ layer) + 0.1 * state
            found.append(state.astype(np.float32))
        return found


def _colours(part: ImagePart) -> np.ndarray:
    small = part.image.resize((GRID, GRID), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32).ravel() / 255


def _direction(text: str) -> np.ndarray:
    """A unit vector that belongs to a text."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    found = np.random.default_rng(seed).normal(size=WIDTH)
    return (found / np.linalg.norm(found)).astype(np.float32)


def _draw(logits: np.ndarray, sampling: Sampling, seed: int) -> int:
    """Greedy for ``top_k=0``, else a draw from the seed alone, as ``torchkit`` draws."""
    if not sampling.top_k:
        return int(np.argmax(logits))
    kept = strongest(logits, sampling.top_k)
    noisy = logits[kept] / sampling.temperature + gumbel_noise(seed, 0, logits.size)[kept]
    return int(kept[np.argmax(noisy)])


def open_model(options: OpenOptions) -> Handle:
    """What the card's ``opener`` names; there is nothing to choose."""
    return Handle()
