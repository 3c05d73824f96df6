"""Which plugins are loaded: entry points, files, MEDBENCH_PLUGINS and --no-plugins."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import pytest

from medbench.cli.main import main
from medbench.errors import UsageError
from medbench.hooks import load_plugins

OWN = sorted(entry.name for entry in distribution("medbench").entry_points if entry.group == "medbench")
GIVES = "@hookimpl\ndef medbench_models():\n    return [card('{0}', aliases=('{0}-alias',))]"
File = Callable[[str, str], Path]


def _names(plugins) -> list[str]:
    return [info.name for info in plugins.found if not info.fault]


def test_an_installed_package(install) -> None:
    install("hers", GIVES.format("her-model"), package="her-package")
    plugins = load_plugins()
    assert _names(plugins) == [*OWN, "hers"]
    found = plugins.model("her-model")
    assert (found.plugin.package, found.plugin.version) == ("her-package", "1.2")


def test_only_those_named(install) -> None:
    install("hers", GIVES.format("her-model"))
    assert _names(load_plugins(["hers", "clip"])) == ["clip", "hers"]
    assert _names(load_plugins([])) == []
    with pytest.raises(UsageError, match="no plugin 'hres'") as caught:
        load_plugins(["hres"])
    assert (caught.value.code, caught.value.hint) == ("MB004", "did you mean 'hers'?")


def test_no_third_party(install, plugin_file: File) -> None:
    install("hers", GIVES.format("her-model"))
    assert _names(load_plugins(third_party=False)) == OWN
    file = plugin_file("named_by_hand", GIVES.format("x"))
    assert _names(load_plugins(files=[file], third_party=False)) == [*OWN, "named_by_hand"]


def test_the_command_line_and_the_environment(install, plugin_file: File, monkeypatch, capsys) -> None:
    install("hers", GIVES.format("her-model"))
    file = plugin_file("a_file", GIVES.format("file-model"))

    def listed(*argv: str) -> set[str]:
        assert main([*argv, "list", "plugins", "--json"]) == 0
        return {row["plugin"] for row in json.loads(capsys.readouterr().out) if row["state"] == "loaded"}

    assert listed() == {*OWN, "hers"}
    assert listed("--plugin", str(file)) == {*OWN, "hers", "a_file"}
    assert listed("--no-plugins") == set(OWN)
    monkeypatch.setenv("MEDBENCH_PLUGINS", "hers, clip")
    assert listed() == {"clip", "hers"}


def test_a_file_may_be_loaded_twice_in_one_process(plugin_file: File) -> None:
    file = plugin_file("again_plugin", GIVES.format("again"))
    assert "again" in load_plugins(files=[file]).models()
    assert "again" in load_plugins(files=[file]).models()
    twice = load_plugins(files=[file, file])
    assert [bool(info.fault) for info in twice.found[-2:]] == [False, True]
    assert "again" in twice.models()


@pytest.mark.parametrize("name", ["json", "numpy", "medbench", "torch", "colorsys"])
def test_a_file_never_takes_the_place_of_a_module(name: str, tmp_path: Path) -> None:
    before = sys.modules.get(name)
    (tmp_path / f"{name}.py").write_text("x = 1\n")
    plugins = load_plugins(files=[tmp_path / f"{name}.py"])
    assert "give the file another name" in plugins.found[-1].fault
    assert sys.modules.get(name) is before


def test_a_file_that_fails_leaves_no_module_behind(plugin_file: File) -> None:
    load_plugins(files=[plugin_file("half_a_plugin", "x = 1\nraise ValueError")])
    assert "half_a_plugin" not in sys.modules


def test_a_file_is_the_module_that_its_cards_point_to(plugin_file: File) -> None:
    body = """
    @hookimpl
    def medbench_models():
        yield ModelCard(name="mine", opener="opener_plugin:open_it", capabilities=frozenset())

    def open_it(options):
        return options.dtype
    """
    from medbench.models import OpenOptions

    card = load_plugins(files=[plugin_file("opener_plugin", body)]).model("mine").card
    assert card.open(OpenOptions(dtype="float32")) == "float32"  # type: ignore[comparison-overlap]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_plugins(files=[tmp_path / "nowhere.py"])
    assert caught.value.code == "MB005"
