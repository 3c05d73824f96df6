"""A broken model in a run: one clear message, exit code 4, and the next model runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medbench.cli.main import main

TOY = str(Path(__file__).parents[1] / "testing" / "toy_model.py")
BROKEN = {
    "open-raises": "MB704 could not be opened: ValueError: no such thing",
    "load-raises": "MB705 could not be loaded: KeyError: 'weights'",
    "load-exits": "MB705 could not be loaded: SystemExit: goodbye",
    "open-exits": "MB704 could not be opened: SystemExit: 2",
    "exits-when-asked": "MB714 activations raised SystemExit: 5",
    "raises-base": "MB714 activations raised BaseException: no mere exception",
    "identity-number": "MB715 identity values must be non-empty text: 'numerics_version': 1",
    "identity-raises": "MB715 identity raised BaseException: who am I",
    "load-raises-base": "MB705 could not be loaded: BaseException: no mere exception",
    "replies-raise-base": "MB713 every reply failed: BaseException: no mere exception",
    "wrong-rows": "MB710 activations at block-1.last are float32 (1, 16)",
    "integers": "MB710 activations at block-1.last are int64",
    "lacks-every-tap": "MB710 activations lack the tap block-1.last",
    "every-reply-exits": "MB713 every reply failed: SystemExit: 6",
    "one-try": "MB711 generate gave",
    "texts": "MB711 generate gave something else than a Reply",
}
REPLIES = ("every-reply-exits", "one-try", "texts", "replies-raise-base")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model(name: str, sample_root: Path, tmp_path: Path, capfd) -> None:
    task = "NEJM" if name in REPLIES else "T6"
    line = [
        "--plugin",
        TOY,
        "run",
        "--model",
        name,
        "--model",
        "sound",
        "--task",
        task,
        "--limit",
        "40",
        "--json",
    ]
    folders = ["--data-root", str(sample_root), "--output", str(tmp_path / "runs")]
    code = main([*line, *folders, "--cache-dir", str(tmp_path / "cache")])
    captured = capfd.readouterr()
    assert code == 4
    if name.startswith("open"):
        # what cannot be opened is known before anything runs, and a wrong line is better mended at once
        assert BROKEN[name] in captured.err and captured.out == ""
        return
    said = json.loads(captured.out)
    assert [row["model"] for row in said["failed"]] == [name]
    assert BROKEN[name] in said["failed"][0]["reason"]
    assert len(said["records"]) == 1, "the other model ran"
