"""The Hugging Face hub's cache on this machine, read by its documented layout; and the asked-for download.

Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import os
from pathlib import Path

from medbench.errors import DataError, PluginError

__all__ = ["cache_folder", "cached_snapshot", "download"]


def cache_folder() -> Path:
    """``HF_HUB_CACHE``, else ``hub`` in ``HF_HOME``, else in ``huggingface`` of the user's cache folder."""
    if chosen := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(chosen).expanduser()
    if home := os.environ.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface" / "hub"


def cached_snapshot(address: str, revision: str | None = None) -> Path | None:
    """The snapshot folder of ``ORG/NAME``; ``None`` when there is none, or no way to tell which is meant.

    ``revision`` is a commit, a branch or a tag; ``None`` is ``main``, or the only snapshot there is.
    """
    model = cache_folder() / f"models--{address.replace('/', '--')}"
    snapshots = model / "snapshots"
    if not snapshots.is_dir():
        return None
    name = revision or "main"
    reference = model / "refs" / name
    commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else name
    if (snapshots / commit).is_dir():
        return snapshots / commit
    folders = [entry for entry in snapshots.iterdir() if entry.is_dir()]
    return folders[0] if revision is None and len(folders) == 1 else None


def download(address: str, revision: str | None = None) -> Path:
    """Fetch config, processor and weights into the hub's cache and return the snapshot folder.

    Raises:
        PluginError: MB726, the package ``huggingface_hub`` is not installed.
        DataError: MB654, the hub cannot be reached or refuses.
    """
    try:
        from huggingface_hub import HfApi, snapshot_download
    except ImportError as fault:
        message = "a download needs huggingface_hub"
        raise PluginError("MB726", message, hint="pip install 'medbench[hf]'") from fault
    unused = ["*.h5", "*.msgpack", "*.ot", "*.onnx", "*.md"]
    try:
        files = HfApi().list_repo_files(address, revision=revision)
        if any(name.endswith(".safetensors") for name in files):
            unused.append("*.bin")  # the same weights a second time
        return Path(snapshot_download(address, revision=revision, ignore_patterns=unused))
    except Exception as fault:
        reason = f"{type(fault).__name__}: {fault}".splitlines()[0]
        raise DataError("MB654", f"{address} could not be downloaded: {reason}") from fault
