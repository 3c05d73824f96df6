"""A small tokenizer of the Llama kind, trained on a few sentences of our own."""

from __future__ import annotations

from typing import Any

from medbench_idefics.marks import END_OF_UTTERANCE, FAKE, IMAGE

__all__ = ["tiny_tokenizer"]

WORD_START = "\u2581"
SENTENCES = (
    "Question: What's on this image? Answer:",
    "User: What is the diagnosis? Options: A. fracture B. glioma C. melanoma D. pneumonia E. no finding",
    "Assistant: The answer is C.",
    "A chest radiograph of a patient with a small pleural effusion on the left side.",
    "A histological picture of tumor epithelium beside normal mucosa and smooth muscle.",
    "An eye fundus image without signs of diabetic retinopathy; the optic disc is normal.",
    "A knee radiograph with doubtful narrowing of the joint space and a possible osteophyte.",
)


def tiny_tokenizer(size: int = 400) -> tuple[Any, int]:
    """A tokenizer with byte fallback, so that it can write any text, and its size without the image marks.

    The three marks get the ids right after the base vocabulary, where IDEFICS expects them.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    bpe.normalizer = normalizers.Sequence(
        [normalizers.Prepend(WORD_START), normalizers.Replace(" ", WORD_START)]
    )
    pieces = [decoders.Replace(WORD_START, " "), decoders.ByteFallback(), decoders.Fuse()]
    bpe.decoder = decoders.Sequence([*pieces, decoders.Strip(" ", 1, 0)])
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    bpe.train_from_iterator(SENTENCES, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<unk>",
        padding_side="left",
    )
    base = len(tokenizer)
    tokenizer.add_special_tokens({"extra_special_tokens": [FAKE, IMAGE, END_OF_UTTERANCE]})
    return tokenizer, base
