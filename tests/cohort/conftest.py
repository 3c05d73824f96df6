"""Small hand-made downloads for the quirks of one provider at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """``make("a/b.csv", "text")`` writes a file under ``tmp_path``; without text, a tiny image."""

    def write(name: str, text: str | None = None) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            Image.new("RGB", (4, 3), (90, 60, 30)).save(path)
        else:
            path.write_bytes(text.encode())
        return path

    return write
