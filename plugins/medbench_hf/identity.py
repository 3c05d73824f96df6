"""What keys the store for a checkpoint of transformers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from medbench.errors import UsageError
from medbench.models import Identity, OpenOptions
from medbench.torchkit import files_digest, weight_files, weights_digest

__all__ = ["attention_name", "identity"]

# Raised when the same weights, processor and prompt may give other numbers than before.
NUMERICS_VERSION = "hf-1"
PACKAGES = ("torch", "transformers", "tokenizers", "accelerate", "pillow", "numpy")
TEMPLATE_FILES = ("chat_template.jinja", "chat_template.json")
PROCESSOR_FILES = (
    "added_tokens.json",
    "merges.txt",
    "preprocessor_config.json",
    "processor_config.json",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
)
ATTENTIONS = ("sdpa", "eager")


def identity(folder: Path, chosen: Mapping[str, str]) -> Identity:
    """Digests of weights, config, processor, template and generation settings, and what was ``chosen``.

    Raises:
        DataError: MB653, the weights are incomplete.
    """
    values = {
        "weights": weights_digest(folder),
        "config": files_digest(folder, ("config.json",)),
        "processor": files_digest(folder, PROCESSOR_FILES),
        "chat_template": files_digest(folder, TEMPLATE_FILES),
        "generation_config": files_digest(folder, ("generation_config.json",)),
        "quantization": "none",
        "numerics_version": NUMERICS_VERSION,
        **chosen,
    }
    commit = folder.name if folder.parent.name == "snapshots" else "local folder"
    files = ", ".join(file.name for file in weight_files(folder))
    provenance = {name: version(name) for name in PACKAGES} | {"revision": commit, "weight_files": files}
    return Identity(values, provenance)


def attention_name(options: OpenOptions) -> str:
    """The attention implementation asked for: ``sdpa`` unless said otherwise.

    Raises:
        UsageError: MB007, another name.
    """
    said = options.extra.get("attention", ATTENTIONS[0])
    if said not in ATTENTIONS:
        message = f"attention is {said!r}, expected {' or '.join(ATTENTIONS)}"
        raise UsageError("MB007", message, where="--model-args")
    return said
