"""Tiny random checkpoints, made once a session and loaded through from_pretrained; and prompts over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medbench.models import ImagePart, OpenOptions, Prompt, Turn

QUESTION = "Question: What's on this image? Answer:"


def _image(seed: int, size: tuple[int, int] = (60, 80)) -> ImagePart:
    pixels = np.random.default_rng(seed).integers(0, 255, (*size, 3), dtype=np.uint8)
    return ImagePart(Image.fromarray(pixels), f"digest-{seed}-{size}")


@pytest.fixture(scope="session")
def image() -> Callable[..., ImagePart]:
    return _image


@pytest.fixture(scope="session")
def probe_prompt() -> Callable[..., Prompt]:
    def make(seed: int, text: str = QUESTION) -> Prompt:
        return Prompt((Turn("verbatim", (_image(seed), text)),))

    return make


@pytest.fixture(scope="session")
def two_shot_prompt() -> Callable[..., Prompt]:
    def make(seed: int, options: str = "A. fracture B. glioma") -> Prompt:
        shots = [
            turn
            for shot in (101, 102)
            for turn in (
                Turn("user", (_image(shot), f"What is the diagnosis? {options}")),
                Turn("assistant", ("A. fracture.",)),
            )
        ]
        return Prompt((*shots, Turn("user", (_image(seed), f"What is the diagnosis? {options}"))))

    return make


@pytest.fixture(scope="session")
def idefics_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from medbench_idefics.checkpoint import write

    folder = tmp_path_factory.mktemp("idefics")
    write(folder)
    return folder


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from medbench_clip.checkpoint import write

    folder = tmp_path_factory.mktemp("clip")
    write(folder)
    return folder


@pytest.fixture(scope="session")
def idefics(idefics_folder: Path):
    from medbench_idefics.plugin import medbench_models

    return medbench_models()[0].open(OpenOptions(path=str(idefics_folder)))


@pytest.fixture(scope="session")
def idefics_model(idefics):
    from medbench.models import Need

    return idefics.load(Need(generate=True), ["cpu"])
