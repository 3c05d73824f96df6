"""A model's processor with images prepared by Pillow, and without its part for videos.

transformers prefers torchvision where it is installed, and the two give different pixels: an installed
package must not change a score. Parts for videos exist for torchvision alone, so a processor would not even
load without it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from medbench.errors import PluginError

__all__ = ["backend", "image_processor", "load_processor", "without_video"]

# The order in which AutoProcessor looks for the name of a class.
NAMING_FILES = ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json")


def load_processor(folder: Path, config: Any) -> Any:
    """The processor that the folder's files name, else the one of its kind of config; from local files.

    Raises:
        PluginError: MB733, a package that it needs is not installed, or its files are not there.
    """
    from transformers import AutoTokenizer

    with _named_faults():
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if tokenizer.pad_token is None:
            # Some folders name none. Padding is masked, so any token will do.
            tokenizer.pad_token = tokenizer.unk_token or tokenizer.eos_token
        parts = {"image_processor": image_processor(folder), "tokenizer": tokenizer}
        made = without_video(_named(folder, config), parts).from_pretrained(folder, local_files_only=True)
    # Some folders keep the template with the tokenizer alone, where processors do not look.
    made.chat_template = made.chat_template or tokenizer.chat_template
    return made


def image_processor(folder: Path) -> Any:
    """The folder's image processor on Pillow.

    Raises:
        PluginError: MB733, it exists for torchvision alone, which is not installed, or its file is not there.
    """
    from transformers import AutoImageProcessor

    with _named_faults():
        return AutoImageProcessor.from_pretrained(folder, backend="pil", local_files_only=True)


def backend(images: Any) -> str:
    """``pil``, or ``torchvision`` where the family has an image processor for that alone."""
    return "pil" if type(images).__name__.endswith("Pil") else "torchvision"


def without_video(processor_class: Any, parts: dict[str, Any] | None = None) -> Any:
    """The same class, whose video part may be ``None``.

    Args:
        processor_class: a processor of transformers.
        parts: what ``from_pretrained`` takes instead of loading it, by the names of the class's arguments.
    """

    class Made(processor_class):  # type: ignore[misc]
        # SmolVLM asks its video part for two numbers, even where there is no video.
        video_processor = SimpleNamespace(num_frames=None, fps=None)

        @classmethod
        def get_attributes(cls) -> list[str]:
            return [name for name in processor_class.get_attributes() if name != "video_processor"]

        @classmethod
        def _get_arguments_from_pretrained(cls, *_: Any, **__: Any) -> list[Any]:
            return [(parts or {}).get(name) for name in processor_class.get_attributes()]

    # The name of the class is written into the folder.
    Made.__name__ = Made.__qualname__ = processor_class.__name__
    return Made


def _named(folder: Path, config: Any) -> Any:
    import transformers
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

    for file in (folder / name for name in NAMING_FILES):
        if file.is_file():
            name = json.loads(file.read_text(encoding="utf-8")).get("processor_class")
            if name and hasattr(transformers, name):
                return getattr(transformers, name)
    if type(config) in PROCESSOR_MAPPING:
        return PROCESSOR_MAPPING[type(config)]
    raise PluginError("MB732", f"transformers has no processor for {config.model_type!r}", where="hf")


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except (ImportError, OSError, ValueError) as fault:
        reason = " ".join(str(fault).split())[:400]
        message = f"this model's processor cannot be loaded: {reason}"
        raise PluginError("MB733", message, where="hf") from fault
