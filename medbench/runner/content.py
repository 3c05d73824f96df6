"""What a model is shown and scored by: one digest over all of it, and what leaks from train into test."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from medbench.cohort.checks import Leaks, describe_leaks, find_leaks, image_names, refuse_leaks
from medbench.errors import RunError
from medbench.inference import image_addresses, image_digests, known_digests, prompt_address
from medbench.inference.images import ImageDigests
from medbench.models import Prompt
from medbench.runner.outcome import StageContext

__all__ = ["Content", "known_content", "read_content", "unchanged"]


@dataclass(frozen=True)
class Content:
    """A cohort's content.

    Attributes:
        digest: SHA-256 (hex) over every row in order: split, label, group, scored columns, digests of
            prepared images. A changed image or text never keeps an old record.
        leaks: what test shares with train or the exemplars.
        deviations: leaks that were let pass because the user said so.
    """

    digest: str
    leaks: Leaks
    deviations: tuple[str, ...]


def known_content(context: StageContext) -> Content | None:
    """The content where every image was decoded before, else ``None``; reads files, and decodes none.

    Leaks that the files' bytes show are refused before anything is computed.

    Raises:
        LeakError: the cohort leaks, and neither its spec nor the user allows it.
        DataError: an image is not there or cannot be read.
    """
    rows = context.cohort.rows
    context.stage("reading images", len({(row.source, image) for row in rows for image in row.images}))
    addresses = image_addresses(context.loader, rows, context.options.cache, context.progress.step)
    digests = known_digests(context.loader, rows, context.options.cache)
    if digests is not None:
        return _content(context, digests)
    _refused(context, find_leaks(rows, addresses, context.cohort.shared_groups))
    return None


def read_content(context: StageContext) -> Content:
    """The content; decodes the images that no model has been shown yet.

    Raises:
        LeakError: as for ``known_content``, by prepared pixels.
        DataError: an image cannot be decoded.
    """
    rows = context.cohort.rows
    context.stage("comparing images", len({(row.source, image) for row in rows for image in row.images}))
    return _content(
        context, image_digests(context.loader, rows, context.options.cache, context.progress.step)
    )


def _content(context: StageContext, digests: ImageDigests) -> Content:
    rows, scored = context.cohort.rows, context.item.task.columns
    _warn_of_black(context, digests.black)
    digest = hashlib.sha256(b"medbench.content/1")
    for row in rows:
        images = [digests[row.source, image] for image in row.images]
        line = [row.split, row.label, row.group, {column: row.columns[column] for column in scored}, images]
        digest.update(json.dumps(line, sort_keys=True, ensure_ascii=False).encode())
    leaks = find_leaks(rows, digests, context.cohort.shared_groups)
    refused = _refused(context, leaks)
    deviations = (f"leaks allowed: {describe_leaks(refused)}",) if refused else ()
    return Content(digest.hexdigest(), leaks, deviations)


def _refused(context: StageContext, leaks: Leaks) -> Leaks:
    """Leaks that the spec does not let pass, refused unless the user does."""
    refused = leaks.refused(context.item.task.data.duplicates)
    if not context.options.allow_leaks:
        refuse_leaks(refused, context.item.task.id, image_names(context.options.cache))
    return refused


def _warn_of_black(context: StageContext, count: int) -> None:
    """Nothing can be read from a black image, and mostly its file is at fault: EyePACS has one."""
    if count:
        model, task = context.item.candidate.name, context.item.task.id
        context.progress.note(f"{model} on {task}: warning, {count} images are black throughout")
        context.folder.log("warning", model=model, task=task, black_images=count)


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
