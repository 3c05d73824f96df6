"""Contract test of importing a plugin."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.subject import Subject

__all__ = ["import_without_torch"]

HEAVY = ("torch", "tensorflow", "jax", "transformers")
IMPORT = """
import importlib, json, os, sys
sys.path[:] = {path!r}
importlib.import_module({module!r})
print("\\n" + json.dumps([name for name in {heavy!r} if name in sys.modules]), flush=True)
os._exit(0)
"""


def import_without_torch(subject: Subject) -> Numbers:
    """Importing the plugin's module, as every command does, imports no deep-learning package."""
    module = subject.module or _module_of(subject)
    # a plugin file (--plugin FILE) is found by its name in its own folder only
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    folders = [str(Path(file).parent)] if file and "." not in module else []
    code = IMPORT.format(path=[*sys.path, *folders], module=module, heavy=HEAVY)
    done = subprocess.run(
        # -P: a json.py in the current folder is not Python's
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines()
        raise Failed(f"{module} does not import in a process of its own: {said[-1] if said else 'it ended'}")
    if lines[-1] != "[]":
        raise Failed(f"{module} imports {lines[-1]}; import it where the weights are loaded")
    return {"module": module}


def _module_of(subject: Subject) -> str:
    top = subject.card.opener.partition(":")[0].partition(".")[0]
    entries = importlib.metadata.entry_points(group="medbench")
    found = next((entry.value for entry in entries if entry.value.partition(".")[0] == top), None)
    if found is None:
        raise Skipped(f"no installed plugin has its module in {top}")
    return found
