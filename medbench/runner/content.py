"""One digest over all that is shown and scored: a changed image or text never keeps an old record."""

from __future__ import annotations

import hashlib
import json

from medbench.errors import RunError
from medbench.inference import image_digests, prompt_address
from medbench.models import Prompt
from medbench.runner.outcome import StageContext

__all__ = ["content_digest", "unchanged"]


def content_digest(context: StageContext) -> str:
    """SHA-256 (hex) over every row in order: split, label, group, scored columns, digests of prepared images.

    Raises:
        DataError: an image cannot be decoded.
    """
    rows, scored = context.cohort.rows, context.item.task.columns
    context.stage("reading images", len({(row.source, image) for row in rows for image in row.images}))
    digests = image_digests(context.loader, rows, context.options.cache, context.progress.step)
    digest = hashlib.sha256(b"medbench.content/1")
    for row in rows:
        images = [digests[row.source, image] for image in row.images]
        line = [row.split, row.label, row.group, {column: row.columns[column] for column in scored}, images]
        digest.update(json.dumps(line, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def unchanged(prompt: Prompt, address: str) -> Prompt:
    """The prompt, when it is still what its address says.

    Raises:
        RunError: an image was replaced after its digest was taken (MB806).
    """
    if prompt_address(prompt) != address:
        raise RunError(
            "MB806", "an image changed while the task was running", hint="type the same line again"
        )
    return prompt
