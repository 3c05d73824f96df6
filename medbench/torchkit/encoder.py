"""What every image encoder has in common: one image a prompt, no text, no replies. No torch.

A handle derives from ``ImageOnly``, a model from ``ActivationsOnly``.
"""

from __future__ import annotations

from typing import NoReturn

from medbench.errors import PluginError
from medbench.models import ImagePart, Need, Prompt

__all__ = ["ActivationsOnly", "ImageOnly", "only_image"]


class ImageOnly:
    """The part of a handle that follows from reading no text."""

    blocks: int | None = None

    def render(self, prompt: Prompt) -> str:  # noqa: ARG002 - the contract names it
        """Always ``<image>``: texts are not read, so equal images share their activations."""
        return "<image>"

    def count_tokens(self, prompt: Prompt) -> int:  # noqa: ARG002 - the contract names it
        """0: there is no text."""
        return 0

    @staticmethod
    def refuse_text(need: Need, model: str) -> None:
        """Refuse a need for more than activations.

        Raises:
            PluginError: MB724, replies or option log-likelihoods are asked for.
        """
        if need.generate or need.option_loglikelihood:
            raise PluginError("MB724", "an image encoder gives activations only", where=model)


class ActivationsOnly:
    """The part of a model that refuses replies."""

    def generate(self, *_: object, **__: object) -> NoReturn:
        """Not offered.

        Raises:
            PluginError: MB724, always.
        """
        raise PluginError("MB724", "an image encoder does not generate", where=type(self).__name__)

    def option_loglikelihood(self, *_: object, **__: object) -> NoReturn:
        """Not offered.

        Raises:
            PluginError: MB724, always.
        """
        raise PluginError("MB724", "an image encoder scores no options", where=type(self).__name__)


def only_image(prompt: Prompt) -> ImagePart:
    """The one image of a prompt.

    Raises:
        PluginError: MB721, there is none or more than one.
    """
    images = prompt.images()
    if len(images) != 1:
        raise PluginError("MB721", f"an image encoder reads one image a prompt, not {len(images)}")
    return images[0]
