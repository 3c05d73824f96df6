"""``medbench check``: table, JSON, JUnit, badge and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from medbench.cli.main import main
from medbench.testing import CHECKS

TOY = str(Path(__file__).parents[1] / "testing" / "toy_model.py")


def test_a_sound_model(capsys) -> None:
    assert main(["--plugin", TOY, "check", "sound", "--select", "shapes", "batch-invariance"]) == 0
    out = capsys.readouterr().out
    assert "✓ batch-invariance" in out and "batch 8 0, mixed lengths 0, tolerance 0.001" in out
    assert "sound keeps the contract: 4 passed" in out
    assert "badge: ![medbench check: sound keeps the contract: 4 passed](https://" in out


def test_a_broken_model_as_json_and_junit(capsys, tmp_path: Path) -> None:
    junit = tmp_path / "report.xml"
    line = [
        "--plugin",
        TOY,
        "check",
        "nan",
        "--select",
        "finite",
        "row-error",
        "--json",
        "--junit",
        str(junit),
    ]
    assert main(line) == 4
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["counts"]) == ("failed", {"passed": 3, "failed": 1, "skipped": 0})
    finite = next(row for row in report["checks"] if row["id"] == "finite")
    assert finite["docs"] == "docs/checks.md#finite" and finite["numbers"]["block-0.last"] == 1
    suite = ElementTree.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    failure = suite.find("testcase[@name='finite']/failure")
    assert failure is not None and failure.get("message") == "some activations are not finite"


def test_what_a_model_prints_does_not_reach_json(capfd) -> None:
    assert main(["--plugin", TOY, "check", "prints", "--select", "quiet", "--json"]) == 4
    assert json.loads(capfd.readouterr().out)["verdict"] == "failed"


def test_list(capsys) -> None:
    assert main(["check", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(check.id in out for check in CHECKS)
    assert main(["check", "--list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(CHECKS)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ([], 2, "MB016"),
        (["no-such-model"], 2, "MB001"),
        (["sound", "--select", "shape"], 2, "did you mean 'shapes'"),
        (["sound", "--model-args", "colour=red"], 2, "MB006"),
        (["needs-a-device", "--devices", "qpu"], 2, "--devices: MB072 'qpu' is no torch device"),
        (["plip"], 3, "--tiny"),
        (["plip", "--model-args", "path=/nowhere"], 3, "MB651"),
        (["plip", "--tiny", "--model-args", "path=/nowhere"], 2, "MB010"),
    ],
)
def test_a_wrong_line(line: list[str], code: int, said: str, capsys) -> None:
    assert main(["--plugin", TOY, "check", *line]) == code
    captured = capsys.readouterr()
    assert said in captured.err and captured.out == ""


def test_interrupting_ends_the_model_as_well() -> None:
    line = [sys.executable, "-m", "medbench", "--plugin", TOY, "check", "load-hangs", "--select", "loads"]
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
    end, worker = time.monotonic() + 30, ""
    while time.monotonic() < end and not worker:
        worker = _children(process.pid)
        time.sleep(0.1)
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert worker and not Path(f"/proc/{worker.split()[0]}").exists()


def _children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()
