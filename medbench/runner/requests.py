"""``--model-args`` become open options; a key that nobody reads is an error."""

from __future__ import annotations

from collections.abc import Mapping

from medbench.errors import UsageError, did_you_mean
from medbench.models import ModelCard, OpenOptions

__all__ = ["open_options"]

OWN = ("path", "address", "revision", "dtype", "quantization", "download")
"""Arguments about weights."""

YES, NO = {"yes", "true", "1"}, {"no", "false", "0"}


def open_options(card: ModelCard, arguments: Mapping[str, str]) -> OpenOptions:
    """Options from ``key=value`` pairs.

    Raises:
        UsageError: the key is neither medbench's nor the card's (MB006), or ``download`` is not yes or
            no (MB007).
    """
    known = (*(OWN if card.needs_weights else ()), *card.arguments)
    for key in arguments:
        if key not in known:
            raise UsageError(
                "MB006", f"{card.name} has no argument {key!r}", "--model-args", did_you_mean(key, known)
            )
    download = arguments.get("download", "no").lower()
    if download not in YES | NO:
        raise UsageError("MB007", f"download is {download!r}, expected yes or no", where="--model-args")
    given = {
        key: arguments[key]
        for key in ("path", "address", "revision", "dtype", "quantization")
        if key in arguments
    }
    extra = {key: arguments[key] for key in card.arguments if key in arguments}
    return OpenOptions(offline=download in NO, extra=extra, **given)
