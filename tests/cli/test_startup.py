"""What must start fast imports nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ["torch", "transformers", "sklearn"]
REPORT = (
    "import sys, json\n"
    "from medbench.cli.main import main\n"
    "try:\n    code = main({argv!r})\nexcept SystemExit as exit:\n    code = exit.code or 0\n"
    "loaded = [name for name in {heavy!r} if name in sys.modules]\n"
    "print(json.dumps([int(code), loaded]), file=sys.stderr)\n"
)


def _run(argv: list[str], heavy: list[str]) -> tuple[int, list[str]]:
    script = REPORT.format(argv=argv, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    return code, loaded


@pytest.mark.parametrize("argv", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_neither_torch_nor_scikit_learn_nor_numpy(argv: list[str]) -> None:
    assert _run(argv, [*HEAVY, "numpy", "scipy", "jsonschema", "pyarrow"]) == (0, [])


@pytest.mark.parametrize(
    "argv",
    [
        ["list", "tasks"],
        ["list", "suites"],
        ["list", "models", "--json"],
        ["list", "plugins"],
        ["list", "sources"],
        ["explain", "T7"],
        ["data", "status"],
        ["schema", "record"],
    ],
    ids=" ".join,
)
def test_looking_imports_no_torch(argv: list[str]) -> None:
    assert _run(argv, HEAVY) == (0, [])


def test_a_run_with_nothing_ready_imports_no_torch(tmp_path) -> None:
    argv = ["run", "--model", "idefics-80b", "--suite", "all", "--output", str(tmp_path)]
    assert _run(argv, ["torch", "transformers"]) == (3, [])


def test_import_medbench_is_light() -> None:
    script = "import sys, medbench; print([n for n in ('numpy', 'torch', 'rich') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
