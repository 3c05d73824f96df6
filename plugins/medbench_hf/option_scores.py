"""How likely a model finds each option after a prompt: all its tokens given, one forward pass an option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from medbench.models import Prompt
from medbench_hf.option_tokens import option_tokens, read_text

if TYPE_CHECKING:
    from medbench_hf.language_model import LanguageModel

__all__ = ["score_options"]

# The kind of token that is written, where a model tells kinds apart: PaliGemma sees the prompt as a whole,
# and of what it writes only what stands before. Elsewhere 0 is text.
WRITTEN = {"paligemma": 1}


def score_options(
    model: LanguageModel, prompts: Sequence[Prompt], options: Sequence[Sequence[str]]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sum of natural log-probabilities and token count, each (prompts, options).

    A row with fewer options than another has 0 tokens and minus infinity there. The batch keeps its size.
    """
    most = max(map(len, options), default=0)
    sums = np.full((len(prompts), most), -np.inf)
    counts = np.zeros((len(prompts), most), dtype=np.int64)
    made = model.inputs(prompts, "left")
    tokenizer, marks = model.handle.processor.tokenizer, model.handle.marks
    texts = [
        read_text(model.handle.render(prompt), ids, tokenizer, marks)
        for prompt, ids in zip(prompts, made["input_ids"].tolist(), strict=True)
    ]
    for number in range(most):
        listed = [row[number] if number < len(row) else None for row in options]
        tokens = [
            [] if option is None else option_tokens(text, option, tokenizer, marks)
            for text, option in zip(texts, listed, strict=True)
        ]
        rows = [row for row, option in enumerate(listed) if option is not None]
        sums[rows, number] = _scores(model, made, tokens)[rows]
        counts[:, number] = [len(row) for row in tokens]
    return sums, counts


def _scores(
    model: LanguageModel, made: dict[str, Any], tokens: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    longest = max(map(len, tokens))
    if longest == 0:
        return np.zeros(len(tokens))
    mask = made["attention_mask"]
    padded = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens], device=mask.device)
    given = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens], device=mask.device)
    kind = WRITTEN.get(model.handle.config.model_type, 0)
    more = {"input_ids": padded, "attention_mask": given}
    more |= {name: given * kind for name in ("token_type_ids", "mm_token_type_ids") if name in made}
    longer = {
        name: torch.cat([made[name], added.to(made[name].dtype)], dim=1) for name, added in more.items()
    }
    with torch.inference_mode():
        # Logits over the whole prompt may take more memory than the model.
        logits = model.body(**{**made, **longer}, logits_to_keep=longest + 1, use_cache=False).logits
    likely = logits[:, -longest - 1 : -1].float().log_softmax(dim=-1)
    chosen = likely.gather(2, padded.to(likely.device)[..., None])[..., 0].double()
    return np.asarray((chosen * given.to(chosen.device)).sum(dim=1).cpu().numpy(), dtype=np.float64)
