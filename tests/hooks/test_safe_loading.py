"""The alarm, the versions of the contract, the trace, and what the command line says of a broken plugin."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.cli.main import main
from medbench.containment import TookTooLong, contained
from medbench.hooks import Guard, load_plugins

File = Callable[[str, str], Path]
HANGS = {
    "sleeps": "import time; time.sleep(60)",
    "loops": "while True: pass",
    "swallows": "import time\ntry:\n    time.sleep(60)\nexcept Exception:\n    pass",
}


@pytest.mark.parametrize("name", HANGS)
def test_a_plugin_that_hangs_is_stopped(name: str, plugin_file: File) -> None:
    begin = time.monotonic()
    plugins = load_plugins(files=[plugin_file(f"hangs_{name}", HANGS[name])], guard=Guard(seconds=0.3))
    assert plugins.found[-1].fault == "MB708 import took longer than 0.3 s"
    assert time.monotonic() - begin < 10 and "plip" in plugins.models()


def test_a_hook_that_hangs_is_stopped(plugin_file: File) -> None:
    body = "import time\n@hookimpl\ndef medbench_models():\n    time.sleep(60)"
    plugins = load_plugins(files=[plugin_file("hangs_when_asked", body)], guard=Guard(seconds=0.3))
    assert "plip" in plugins.models()
    assert plugins.found[-1].fault == "MB708 medbench_models took longer than 0.3 s"


def test_the_alarm_of_another_goes_on() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(TookTooLong), contained(0.1):
            time.sleep(5)
        time.sleep(0.6)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(("said", "sound"), [("1", True), ("2", False), ("'1'", False)])
def test_the_version_of_the_contract(said: str, sound: bool, plugin_file: File) -> None:
    file = plugin_file(f"api_{'abc'[len(said) - 1]}{said[0] == '2'}", f"plugin_api = {said}")
    fault = load_plugins(files=[file]).found[-1].fault
    assert fault == "" if sound else fault.startswith("MB743") and "plugin_api" in fault


def test_one_line_says_what_is_wrong(plugin_file: File, capsys) -> None:
    file = str(plugin_file("broken_line", "1 / 0"))
    assert main(["--plugin", file, "list", "models"]) == 0
    captured = capsys.readouterr()
    assert captured.err == (
        f"medbench: plugin 'broken_line' of {file} is left out: "
        "MB707 import raised ZeroDivisionError: division by zero\n"
    )
    assert "plip" in captured.out
    assert main(["--plugin", file, "check", "her-model"]) == 4
    assert "MB744" in capsys.readouterr().err


def test_a_disputed_name_is_said_and_the_rest_listed(plugin_file: File, capsys) -> None:
    body = "@hookimpl\ndef medbench_models():\n    return [card('plip'), card('mine')]"
    file = str(plugin_file("disputes", body))
    assert main(["--plugin", file, "list", "models", "--json"]) == 0
    captured = capsys.readouterr()
    models = {row["model"] for row in json.loads(captured.out)}
    assert "mine" in models and "plip" not in models
    assert "MB703 model 'plip' is given twice: by plugin 'clip' of medbench" in captured.err
    assert main(["--plugin", file, "check", "plip"]) == 4
    capsys.readouterr()
    assert main(["--plugin", file, "list", "plugins", "--json"]) == 0
    states = {row["plugin"]: row["state"] for row in json.loads(capsys.readouterr().out)}
    assert "MB703" in states["clip"] and "MB703" in states["disputes"] and states["idefics"] == "loaded"


def test_the_trace_has_every_call(plugin_file: File, capsys) -> None:
    body = "@hookimpl\ndef medbench_models():\n    return [card('a'), card('b')]"
    files = [plugin_file("traced", body), plugin_file("traced_broken", "1 / 0")]
    line = [part for file in files for part in ("--plugin", str(file))]
    assert main([*line, "list", "plugins", "--trace", "--json"]) == 0
    rows = [row for row in json.loads(capsys.readouterr().out) if row["plugin"].startswith("traced")]
    assert [(row["hook"], row["plugin"], row["gave"]) for row in rows] == [
        ("import", "traced", ""),
        ("import", "traced_broken", "MB707 import raised ZeroDivisionError: division by zero"),
        ("medbench_models", "traced", "2 items"),
    ]
    assert main(["list", "models", "--trace"]) == 2
