"""Where a checkpoint's files are, and what they are. No torch, no transformers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from medbench.errors import DataError
from medbench.models import OpenOptions
from medbench.torchkit.file_digest import file_digest
from medbench.torchkit.hub_cache import cached_snapshot, download

__all__ = ["files_digest", "local_checkpoint", "refuse_other_architecture", "weight_files", "weights_digest"]

# The order in which from_pretrained looks, so that the digest is of the files it will read.
CANDIDATES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)
ADAPTER = "adapter_config.json"


def refuse_other_architecture(folder: Path, expected: str) -> None:
    """Raise when a checkpoint is of another kind of model than its card says.

    Raises:
        DataError: MB657; MB656, the config is damaged.
    """
    found = _json(folder / "config.json").get("model_type")
    if found != expected:
        message = f"this checkpoint is of model type {found!r}, expected {expected!r}"
        raise DataError("MB657", message, where=str(folder))


def local_checkpoint(options: OpenOptions, card_address: str, licence: str = "") -> Path:
    """The folder that holds config and weights, and no adapter.

    ``options.path`` if given; else the snapshot of ``options.address`` or ``card_address`` in the hub's local
    cache (``HF_HUB_CACHE``, ``HF_HOME``); else, with ``options.offline=False``, a download.

    Raises:
        DataError: MB651 the given folder is no checkpoint; MB652 nothing on this machine; MB653 the weight
            files are incomplete; MB654 the download failed; MB656 a config or index is damaged; MB659 an
            adapter lies beside them.
    """
    folder = _local_folder(options, card_address, licence)
    # from_pretrained would add it to the weights where peft is installed, and nowhere else
    if (folder / ADAPTER).exists():
        raise DataError(
            "MB659",
            f"an adapter lies beside these weights: {ADAPTER}",
            str(folder),
            "merge it into the weights (peft: merge_and_unload, then save_pretrained to a new folder); "
            "or take its files away to run the weights without it",
        )
    return folder


def _local_folder(options: OpenOptions, card_address: str, licence: str) -> Path:
    address = options.address or card_address
    if options.path is not None:
        folder = Path(options.path).expanduser()
        if not (folder / "config.json").is_file():
            raise DataError("MB651", "no checkpoint in this folder: looked for config.json", str(folder))
        _json(folder / "config.json")
        weight_files(folder)
        return folder
    snapshot = cached_snapshot(address, options.revision)
    if snapshot is not None and _complete(snapshot):
        return snapshot
    if not options.offline:
        return download(address, options.revision)
    terms = f" (licence: {licence})" if licence else ""
    raise DataError(
        "MB652",
        f"weights of {address} are not on this machine",
        hint=f"--model-args path=DIR for local weights, or --model-args download=yes to fetch them{terms}",
    )


def weight_files(folder: Path) -> list[Path]:
    """The weight files that ``from_pretrained`` reads from ``folder``, sorted by name.

    Raises:
        DataError: MB653, there are none, or an index names files that are not there.
    """
    found = next((folder / name for name in CANDIDATES if (folder / name).is_file()), None)
    if found is None:
        raise DataError(
            "MB653", f"no weights in this folder: looked for {', '.join(CANDIDATES)}", str(folder)
        )
    if found.suffix != ".json":
        return [found]
    index = _json(found)
    files = [folder / name for name in sorted(set(index["weight_map"].values()))]
    absent = [file.name for file in files if not file.is_file()]
    if absent:
        raise DataError(
            "MB653", f"{found.name} names files that are not there: {', '.join(absent)}", str(folder)
        )
    return files


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise DataError("MB656", f"{file.name} is damaged: not JSON ({fault})", str(file.parent)) from fault


def weights_digest(folder: Path) -> str:
    """SHA-256 (hex) over names and SHA-256 of the weight files, each read as a stream.

    Raises:
        DataError: MB653, see ``weight_files``.
    """
    return _digest(weight_files(folder))


def files_digest(folder: Path, names: Iterable[str]) -> str:
    """SHA-256 (hex) over names and contents of those of ``names`` that exist in ``folder``."""
    return _digest([folder / name for name in sorted(names) if (folder / name).is_file()])


def _digest(files: list[Path]) -> str:
    # Threads: hashing releases the interpreter lock, and an 80B checkpoint has dozens of files.
    with ThreadPoolExecutor(max_workers=8) as pool:
        parts = list(pool.map(file_digest, files))
    lines = "".join(f"{file.name} {part}\n" for file, part in zip(files, parts, strict=True))
    return hashlib.sha256(lines.encode()).hexdigest()


def _complete(folder: Path) -> bool:
    try:
        return (folder / "config.json").is_file() and bool(weight_files(folder))
    except DataError:
        return False
