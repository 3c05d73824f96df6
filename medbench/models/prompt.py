"""A prompt: interleaved text and images in turns. The harness decodes images, the plugin renders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["ImagePart", "Part", "Prompt", "Role", "Turn"]

Role = Literal["verbatim", "system", "user", "assistant"]


@dataclass(frozen=True)
class ImagePart:
    """One prepared image.

    Attributes:
        image: RGB, 8 bit a channel, longest side as the spec's image preparation says.
        digest: SHA-256 (hex) of the bytes that the image was decoded from; its address in the store.
    """

    image: Image.Image
    digest: str


Part = str | ImagePart


@dataclass(frozen=True)
class Turn:
    """One turn.

    Attributes:
        role: ``verbatim`` is written as it stands, without role or end-of-turn mark.
        closed: a verbatim turn that ends with the model's end-of-turn mark all the same, where it has one.
    """

    role: Role
    parts: tuple[Part, ...]
    closed: bool = False


@dataclass(frozen=True)
class Prompt:
    """Turns in order. A chat prompt ends with a user turn; the plugin opens the assistant's.

    Attributes:
        turns: the turns.
        options: the answer options of a multiple-choice case, in the order shown; empty elsewhere.
    """

    turns: tuple[Turn, ...]
    options: tuple[str, ...] = ()

    def parts(self) -> Iterator[Part]:
        """Every part in reading order."""
        for turn in self.turns:
            yield from turn.parts

    def images(self) -> list[ImagePart]:
        """Every image in reading order."""
        return [part for part in self.parts() if isinstance(part, ImagePart)]
