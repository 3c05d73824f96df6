"""What a model gives, here and in a process of its own."""

from __future__ import annotations

import importlib.machinery
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from medbench.models import ModelCard, OpenOptions, Sampling
from medbench.testing.outcome import Failed
from medbench.testing.prompts import probe_prompts
from medbench.testing.subject import Subject

__all__ = ["job", "outputs", "outputs_elsewhere", "subject_of"]

DRAWN = Sampling(max_new_tokens=6, temperature=1.0, top_k=50)


def outputs(subject: Subject) -> dict[str, Any]:
    """Activations by tap and replies, as JSON has them; numbers keep all their digits."""
    offered = subject.card.capabilities
    found: dict[str, Any] = {"activations": {}, "replies": []}
    if "activations" in offered:
        given = subject.activations(probe_prompts(rows=2))
        found["activations"] = {tap: values.astype(float).tolist() for tap, values in given.items()}
    if "generate" in offered and subject.card.row_seeds:
        seeds = np.array([[1, 2], [3, 4]], dtype=np.uint64)
        replies = subject.replies(subject.cases(2), DRAWN, seeds)
        found["replies"] = [[reply.text for reply in row] for row in replies]
    return found


def outputs_elsewhere(subject: Subject) -> dict[str, Any]:
    """``outputs`` of a fresh process.

    Raises:
        Failed: that process ends without them.
    """
    with tempfile.TemporaryDirectory() as place:
        result = Path(place, "outputs.json")
        command = [sys.executable, "-P", "-m", "medbench.testing.worker", "outputs", str(result)]
        text = json.dumps(job(subject))
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode or not result.is_file():
            said = done.stderr.strip().splitlines()
            raise Failed(f"a second process fails: {said[-1] if said else f'exit code {done.returncode}'}")
        found: dict[str, Any] = json.loads(result.read_text())
    return found


def job(subject: Subject) -> dict[str, Any]:
    """Everything that another process needs to have the same subject."""
    card = {k: sorted(v) if isinstance(v, frozenset) else v for k, v in asdict(subject.card).items()}
    return {
        "card": card,
        "options": asdict(subject.options),
        "devices": list(subject.devices),
        "module": subject.module,
        "path": sys.path,
        "files": _files({subject.card.opener.partition(":")[0], subject.module} - {""}),
    }


def subject_of(job: dict[str, Any]) -> Subject:
    """The subject of a job."""
    sys.path[:] = job["path"]
    for name, file in job["files"].items():
        _import_file(name, file)
    card = job["card"]
    sets = {name: frozenset(card[name]) for name in ("capabilities", "inputs")}
    lists = {name: tuple(value) for name, value in card.items() if isinstance(value, list)}
    made = ModelCard(**{**card, **lists, **sets})
    return Subject(made, OpenOptions(**job["options"]), job["devices"], job["module"])


def _files(modules: set[str]) -> dict[str, str]:
    """Files of plugins that were loaded by ``--plugin FILE`` and cannot be found by their name."""
    found = {}
    for name in modules:
        top = name.partition(".")[0]
        file = getattr(sys.modules.get(top), "__file__", None)
        if file and importlib.machinery.PathFinder.find_spec(top) is None:
            found[top] = str(file)
    return found


def _import_file(name: str, file: str) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
