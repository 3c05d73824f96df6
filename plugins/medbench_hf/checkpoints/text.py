"""What the tiny vision-language checkpoints share: a tokenizer, sizes of the decoder, templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["chatml", "decoder", "tiny_tokenizer", "turns"]

SENTENCES = (
    "Question: What's on this image? Answer:",
    "User: What is the diagnosis? Options: A. fracture B. glioma C. melanoma D. pneumonia E. no finding",
    "Assistant: The answer is C.",
    "A chest radiograph of a patient with a small pleural effusion on the left side.",
    "A histological picture of tumor epithelium beside normal mucosa and smooth muscle.",
    "An eye fundus image without signs of diabetic retinopathy; the optic disc is normal.",
    "A knee radiograph with doubtful narrowing of the joint space and a possible osteophyte.",
)

_PARTS = (
    "{%% for part in message['content'] %%}"
    "{%% if part['type'] == 'image' %%}%s{%% else %%}{{ part['text'] }}{%% endif %%}{%% endfor %%}"
)


def chatml(image: str) -> str:
    """A template of ChatML's form; ``image`` is what the model writes for one."""
    return (
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
        + _PARTS % image
        + "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )


def turns(image: str, end: str, begin: str = "") -> str:
    """``User:`` and ``Assistant:``, each turn closed by ``end``; ``begin`` opens the talk."""
    return (
        begin
        + "{% for message in messages %}{{ message['role'] | capitalize }}:\n"
        + _PARTS % image
        + end
        + "\n{% endfor %}{% if add_generation_prompt %}Assistant:\n{% endif %}"
    )


def tiny_tokenizer(marks: Sequence[str], named: Mapping[str, str] | None = None, **rest: Any) -> Any:
    """Byte-level BPE of a few sentences of our own.

    Args:
        marks: special tokens that get the ids after ``<pad>``, ``<s>`` (begin) and ``</s>`` (end).
        named: special tokens that the family's processor reads as attributes of the tokenizer.
        rest: further arguments of the tokenizer.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", *marks]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=sorted(alphabet), show_progress=False
    )
    bpe.train_from_iterator(SENTENCES, trainer)
    bpe.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    extra = {"extra_special_tokens": dict(named)} if named else {"extra_special_tokens": list(marks)}
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token="<s>", eos_token="</s>", pad_token="<pad>", **(extra | rest)
    )


def decoder(tokenizer: Any, **rest: Any) -> dict[str, Any]:
    """Sizes of a decoder of four blocks, width 64.

    Weights are drawn with one over the root of the width: with the usual 0.02 so narrow a block does next
    to nothing, and the image would not show.
    """
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "initializer_range": 0.125,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    return sizes | rest
