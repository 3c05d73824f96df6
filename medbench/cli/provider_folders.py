"""Nothing is written into a provider's folder: whatever the option, whichever the source."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cli.context import settings
from medbench.errors import DataError, UsageError

__all__ = ["refuse_provider_folders"]


def refuse_provider_folders(arguments: argparse.Namespace, places: Mapping[str, Path | None]) -> None:
    """Refuse to write inside any source's folder; a data set of one's own may be where the user works.

    A source's folder is one that the line, the environment or ``medbench.toml`` names, whether a task of this
    command uses it or not; a sample; or one that bears a source's name and holds its label files.

    Args:
        places: by option, what would be written; ``None`` for an option that is not given.

    Raises:
        UsageError: MB642.
    """
    known = {root.resolve() for root in _named_roots(arguments) if root.is_dir()}
    for option, place in places.items():
        if place is None:
            continue
        resolved = place.expanduser().resolve()
        if any(folder in known or _is_source(folder) for folder in (resolved, *resolved.parents)):
            hint = "nothing is written into a provider's folder"
            raise UsageError("MB642", f"{str(place)!r} is in the folder of a source", option, hint)


def _named_roots(arguments: argparse.Namespace) -> Iterator[Path]:
    from medbench.cohort.sources import READERS

    config = settings(arguments)
    for given in (
        getattr(arguments, "data_root", None),
        os.environ.get("MEDBENCH_DATA_ROOT"),
        config.data_root,
    ):
        if given:
            yield from (Path(given).expanduser() / source for source in READERS)
    yield from (folder for source, folder in config.sources.items() if source in READERS)


def _is_source(folder: Path) -> bool:
    from medbench.cohort.sources import READERS, reader

    if _sample_of(folder) in READERS:
        return True
    try:
        return folder.name in READERS and folder.is_dir() and not reader(folder.name).find(folder)
    except (DataError, OSError):
        # what cannot be looked into may be the provider's
        return True


def _sample_of(folder: Path) -> str:
    from medbench.cohort.source import SAMPLE_MARK

    try:
        return str(json.loads((folder / SAMPLE_MARK).read_text(encoding="utf-8"))["source"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
