"""Where the weights of an encoder of timm or open_clip are. No torch."""

from __future__ import annotations

from pathlib import Path

from medbench.errors import DataError
from medbench.models import OpenOptions
from medbench.torchkit.hub_cache import cached_snapshot, download

__all__ = ["weights_file"]

NAMES = (
    "model.safetensors",
    "open_clip_model.safetensors",
    "pytorch_model.bin",
    "open_clip_pytorch_model.bin",
)
SUFFIXES = (".safetensors", ".bin", ".pt", ".pth")


def weights_file(options: OpenOptions, address: str) -> Path:
    """``options.path``, a file or a folder; else the hub's local cache; else a download that was asked for.

    Args:
        options: ``path``, ``revision``, ``offline``.
        address: ``ORG/NAME`` on the hub; empty where the library names none.

    Raises:
        DataError: MB651, a path without weights; MB652, nothing on this machine; MB654, the download failed.
    """
    if options.path is not None:
        return _given(Path(options.path).expanduser())
    folder = cached_snapshot(address, options.revision) if address else None
    if folder is not None and (found := _in(folder)):
        return found
    if address and not options.offline:
        return _given(download(address, options.revision))
    hint = "--model-args path=FILE for local weights (safetensors)"
    hint += ", or --model-args download=yes to fetch them" if address else ""
    what = f"weights of {address}" if address else "these weights"
    raise DataError("MB652", f"{what} are not on this machine", hint=hint)


def _given(path: Path) -> Path:
    if path.is_file() and path.suffix in SUFFIXES:
        return path
    if path.is_dir() and (found := _in(path)):
        return found
    looked = f"{', '.join(NAMES)}, or one file that ends in {', '.join(SUFFIXES)}"
    raise DataError("MB651", f"no weights here: looked for {looked}", str(path))


def _in(folder: Path) -> Path | None:
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)
