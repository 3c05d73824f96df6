"""Installed plugins in processes of their own: crashes, forks, what they print, how long it takes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.hooks.crash_marker import CrashMarker

GIVES = """
from medbench.hooks import hookimpl
from medbench.models import ModelCard
{at_import}

@hookimpl
def medbench_models():
    {when_asked}
    return [ModelCard("{name}-model", "{name}.model:open", frozenset({{"activations"}}))]
"""
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., None]:
    """Put a package with a plugin on the path, as an installation does."""

    def make(name: str, at_import: str = "", when_asked: str = "pass") -> None:
        folder = tmp_path / "site" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        text = GIVES.format(name=name, at_import=at_import, when_asked=when_asked)
        (folder / "plugin.py").write_text(text)
        info = tmp_path / "site" / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pkg-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[medbench]\n{name} = {name}.plugin\n")

    return make


@pytest.fixture
def medbench(tmp_path: Path) -> Callable[..., Done]:
    """Run ``python -m medbench`` where those packages are installed."""
    environment = {
        **os.environ, "PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path / "cache")
    }  # fmt: skip

    # it would take away the buffer of C, in which a line can wait until the process ends
    environment.pop("PYTHONUNBUFFERED", None)

    def run(*line: str, plugins: str | None = None) -> Done:
        command = [sys.executable, "-m", "medbench", *line]
        chosen = {} if plugins is None else {"MEDBENCH_PLUGINS": plugins}
        return subprocess.run(
            command, env={**environment, **chosen}, capture_output=True, text=True, check=False
        )

    return run


def _models(done: Done) -> set[str]:
    assert done.returncode == 0, done.stderr
    return {row["model"] for row in json.loads(done.stdout)}


DIES = {
    "os_exit": ("import os; os._exit(0)", "pass", "import"),
    "crash": ("import ctypes; ctypes.string_at(0)", "pass", "import"),
    "later": ("import os", "os._exit(7)", "medbench_models"),
    "killed": ("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)", "medbench_models"),
}


@pytest.mark.parametrize("name", DIES)
def test_a_plugin_that_ends_the_process_is_named_at_the_next_start(name: str, package, medbench) -> None:
    at_import, when_asked, doing = DIES[name]
    package("deadly", at_import, when_asked)
    package("sound")
    assert medbench("list", "models", "--json").stdout == ""
    again = medbench("list", "models", "--json")
    assert {"sound-model", "plip"} <= _models(again) and "deadly-model" not in _models(again)
    said = f"plugin 'deadly' of pkg-deadly is left out: MB709 medbench ended while its {doing} ran"
    assert said in again.stderr and len(again.stderr.splitlines()) == 1
    assert medbench("list", "models", "--json").stdout == "", "it is left out once, then tried again"


def test_a_start_that_leaves_the_plugin_out_does_not_use_up_its_marker(package, medbench) -> None:
    package("deadly", "import os; os._exit(0)")
    package("sound")
    medbench("list", "models", "--json")
    others = medbench("list", "models", "--json", plugins="sound,clip")
    assert "sound-model" in _models(others) and others.stderr == ""
    assert "plip" in _models(medbench("--no-plugins", "list", "models", "--json"))
    assert "plugin 'deadly' of pkg-deadly is left out: MB709" in medbench("list", "models").stderr


def test_the_fault_is_in_the_list_of_plugins(package, medbench) -> None:
    package("deadly", "import os; os._exit(0)")
    medbench("list", "plugins")
    rows = json.loads(medbench("list", "plugins", "--json").stdout)
    states = {row["plugin"]: row["state"] for row in rows}
    assert states["deadly"].startswith("MB709") and states["clip"] == "loaded"


def test_a_marker_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    mine, other = CrashMarker(tmp_path), CrashMarker(tmp_path)
    with mine.marking("slow", "pkg-slow", "import"):
        code = "import sys; from pathlib import Path; from medbench.hooks.crash_marker import CrashMarker; "
        code += "print(CrashMarker(Path(sys.argv[1])).left_behind('slow', 'pkg-slow') == '')"
        line = [sys.executable, "-c", code, str(tmp_path)]
        assert subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip() == "True"
    assert (
        other.left_behind("slow", "pkg-slow") == "" and list((tmp_path / "plugins-loading").iterdir()) == []
    )


def test_half_a_marker_harms_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "plugins-loading"
    folder.mkdir()
    (folder / "1.json").write_text('{"plugin": "x"')
    (folder / "2.json").write_text("[]")
    assert CrashMarker(tmp_path).left_behind("x", "pkg-x") == "" and list(folder.iterdir()) == []


def test_a_cache_that_cannot_be_written_marks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with CrashMarker(tmp_path / "file").marking("a", "b", "import"):
        pass
    assert CrashMarker(tmp_path / "file").left_behind("a", "b") == ""


PRINTS = {
    "python": "print('loud', flush=True)",
    "descriptor": "import os; os.write(1, b'loud')",
    "child": "import subprocess; subprocess.run(['echo', 'loud'])",
    "original": "import sys; sys.__stdout__.write('loud')",
    "c_library": "import ctypes; ctypes.CDLL(None).puts(b'loud')",
}


@pytest.mark.parametrize("name", PRINTS)
def test_what_is_printed_never_reaches_standard_output(name: str, package, medbench) -> None:
    package("loud", PRINTS[name], PRINTS[name])
    done = medbench("list", "models", "--json")
    assert "loud-model" in _models(done)


def test_a_copy_of_the_process_ends_where_it_was_made(package, medbench) -> None:
    package("forks", "import os; os.fork()")
    package("sound")
    done = medbench("list", "models", "--json")
    assert "sound-model" in _models(done), "one process answers, once"
    assert "MB709 import forked the process" in done.stderr


def test_a_thread_that_never_ends_does_not_keep_the_process(package, medbench) -> None:
    begun = "import threading, time; threading.Thread(target=time.sleep, args=(60,), name='poller').start()"
    package("lingers", begun)
    begin = time.monotonic()
    done = medbench("list", "models", "--json")
    assert time.monotonic() - begin < 40
    assert "lingers-model" in _models(done)
    assert "thread goes on after the work is done, and is ended: poller" in done.stderr
    assert medbench("check", "lingers-modle").returncode == 2, "the exit code stays"


def test_a_thread_that_ends_in_time_is_no_matter(package, medbench) -> None:
    package("brief", "import threading, time; threading.Thread(target=time.sleep, args=(1,)).start()")
    done = medbench("list", "models", "--json")
    assert "brief-model" in _models(done) and done.stderr == ""


def test_an_empty_choice_of_plugins_leaves_medbenchs_own(package, medbench) -> None:
    package("sound")
    for chosen in ("", " , "):
        found = _models(medbench("list", "models", "--json", plugins=chosen))
        assert "plip" in found and "sound-model" not in found


def test_help_loads_no_plugin(package, medbench) -> None:
    package("noisy", "import sys; print('imported', file=sys.stderr)")
    assert "imported" in medbench("list", "models").stderr
    for line in (["--help"], ["check", "--help"], ["--version"]):
        assert medbench(*line).stderr == ""


def test_ten_plugins_cost_little(package, medbench) -> None:
    for number in range(10):
        package(f"many{number}")
    seconds = []
    for _ in range(4):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert len(_models(medbench("list", "models", "--json"))) >= 19
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # time on a processor: on a machine that is busy the clock says more about its neighbours
    assert min(seconds) < 0.3
