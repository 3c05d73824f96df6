"""The cards of IDEFICS v1. Light: no torch, no transformers."""

from __future__ import annotations

from medbench.hooks import hookimpl
from medbench.models import ModelCard

__all__ = ["medbench_models"]

CITE = "Laurençon et al. 2023, OBELICS, arXiv:2306.16527"
DATA = "OBELICS, Wikipedia, LAION, PMD; the instruct weights also the instruction sets of their model card"
# The day the weights were published: nothing later can be in them.
PUBLISHED = "2023-08-22"


def _card(name: str, opener: str, parameters: int, **rest: object) -> ModelCard:
    instruct = "instruction-tuned" if name in ("idefics-80b", "idefics-9b") else "base"
    weights = name.removesuffix("-base") + ("-instruct" if instruct != "base" else "")
    return ModelCard(
        name=name,
        opener=f"medbench_idefics.handle:{opener}",
        capabilities=frozenset({"activations", "generate"}),
        summary=f"IDEFICS v1, {parameters / 1e9:.0f}B, {instruct}: gated cross-attention, open Flamingo",
        address=f"HuggingFaceM4/{weights}",
        licence="other: IDEFICS licence (LLaMA's non-commercial terms for the language part)",
        parameters=parameters,
        blocks=80 if parameters > 10e9 else 32,
        width=8192 if parameters > 10e9 else 4096,
        inputs=frozenset({"image", "images"}),
        training_cutoff=PUBLISHED,
        training_data=DATA,
        cite=CITE,
        requires=("torch", "transformers", "accelerate"),
        extra="medbench[hf]",
        arguments=("attention_before_first_image",),
        quantizations=("int8",),
        checkpoint_writer="medbench_idefics.checkpoint:write",
        **rest,  # type: ignore[arg-type]
    )


@hookimpl
def medbench_models() -> list[ModelCard]:
    """The instruct weights that the paper calls Flamingo-80B and Flamingo-9B, and their bases."""
    return [
        _card("idefics-80b", "open_80b_instruct", 80_000_000_000, aliases=("flamingo-80b",)),
        _card("idefics-9b", "open_9b_instruct", 9_000_000_000, aliases=("flamingo-9b",)),
        _card("idefics-80b-base", "open_80b", 80_000_000_000),
        _card("idefics-9b-base", "open_9b", 9_000_000_000),
    ]
