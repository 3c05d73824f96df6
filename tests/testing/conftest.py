"""The toy model, loaded as ``--plugin`` loads it, sound and broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.hooks import Plugins, load_plugins
from medbench.models import OpenOptions
from medbench.testing import Subject

TOY = Path(__file__).with_name("toy_model.py")


@pytest.fixture(scope="session")
def toys() -> Plugins:
    plugins = load_plugins(files=[TOY])
    assert not [info.fault for info in plugins.found if info.fault]
    return plugins


@pytest.fixture
def subject(toys: Plugins, tmp_path: Path) -> Callable[[str], Subject]:
    """A fresh subject by the model's name, with a folder of one weight file."""
    (tmp_path / "model.safetensors").write_bytes(b"weights")

    def make(name: str) -> Subject:
        card = toys.model(name).card
        return Subject(card, OpenOptions(path=str(tmp_path)), ("cpu",), "toy_model")

    return make
