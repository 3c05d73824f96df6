"""Whatever one plugin does, the others stay, and the fault has its name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.errors import PluginError, UsageError
from medbench.hooks import load_plugins
from medbench.hooks.card_fields import FIELDS
from medbench.models import ModelCard

File = Callable[[str, str], Path]

AT_IMPORT = {
    "raises": ("1 / 0", "ZeroDivisionError"),
    "exits": ("raise SystemExit(3)", "SystemExit: 3"),
    "quits": ("import sys; sys.exit('bye')", "bye"),
    "base_exception": ("raise BaseException('odd')", "BaseException: odd"),
    "no_python": ("def (:", "SyntaxError"),
    "lacks": ("import no_such_module_here", "ModuleNotFoundError"),
    "misspelt": ("@hookimpl\ndef medbench_model():\n    return []", "unknown hook 'medbench_model'"),
    "unmarked": ("def medbench_models():\n    return []", "medbench_models is not marked"),
    "arguments": ("@hookimpl\ndef medbench_models(what):\n    return []", "PluginValidationError"),
}
WHEN_ASKED = {
    "raise_later": ("1 / 0", "medbench_models raised ZeroDivisionError"),
    "exit_later": ("raise SystemExit", "medbench_models raised SystemExit"),
    "none_given": ("return None", "medbench_models gave None, not a list"),
    "text_given": ("return 'plip'", "'p', not a ModelCard"),
    "no_card": ("return [card('good-one'), {'name': 'x'}]", "{'name': 'x'}, not a ModelCard"),
    "bad_name": ("return [card('Bad Name')]", "the name 'Bad Name'"),
    "bad_alias": ("return [card('good-one', aliases=('a b',))]", "the name 'a b'"),
    "same_alias": ("return [card('good-one', aliases=('good-one',))]", "twice"),
    "requires_text": ("return [card('good-one', requires='torch')]", "requires is 'torch', expected a tuple"),
    "requires_odd": ("return [card('good-one', requires=('.torch',))]", "requires is ('.torch',)"),
    "aliases_text": ("return [card('good-one', aliases='ab')]", "aliases is 'ab', expected a tuple"),
    "arguments_list": ("return [card('good-one', arguments=['x'])]", "arguments is ['x'], expected a tuple"),
    "inputs_word": ("return [card('good-one', inputs={'video'})]", "inputs is {'video'}, expected a set of"),
    "seeds_text": ("return [card('good-one', row_seeds='no')]", "row_seeds is 'no', expected True or False"),
    "egress_word": ("return [card('good-one', egress='cloud')]", "egress is 'cloud'"),
    "width_text": ("return [card('good-one', width='512')]", "width is '512'"),
    "no_text": ("return [card('good-one', summary=None)]", "summary is None, expected text"),
    "opener_path": ("return [ModelCard('good-one', 'a/b.py', {'generate'})]", "opener is 'a/b.py'"),
    "can_word": ("return [ModelCard('good-one', 'a:b', {'fly'})]", "capabilities is {'fly'}"),
    "can_text": ("return [ModelCard('good-one', 'a:b', 'generate')]", "capabilities is 'generate'"),
    "generator": ("yield card('good-one')\n    1 / 0", "ZeroDivisionError"),
}


def _states(plugins) -> dict[str, str]:
    return {info.name: info.fault for info in plugins.found}


@pytest.mark.parametrize("name", AT_IMPORT)
def test_broken_when_imported(name: str, plugin_file: File) -> None:
    body, said = AT_IMPORT[name]
    plugins = load_plugins(files=[plugin_file(f"broken_{name}", body)])
    assert said in _states(plugins)[f"broken_{name}"]
    assert {"idefics-80b", "plip", "image-stats"} <= set(plugins.models())


@pytest.mark.parametrize("name", WHEN_ASKED)
def test_broken_when_asked(name: str, plugin_file: File) -> None:
    body, said = WHEN_ASKED[name]
    file = plugin_file(f"broken_{name}", f"@hookimpl\ndef medbench_models():\n    {body}")
    plugins = load_plugins(files=[file])
    first, again = plugins.models(), plugins.models()
    assert said in _states(plugins)[f"broken_{name}"]
    assert list(first) == list(again), "a plugin that gave one wrong card gives none, now and later"
    assert "good-one" not in first and "idefics-80b" in first


def test_interrupting_is_the_users_right(plugin_file: File) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_plugins(files=[plugin_file("slow_plugin", "raise KeyboardInterrupt")])


def test_what_plugins_print_stays_away_from_stdout(plugin_file: File, capsys) -> None:
    body = "print(1)\n@hookimpl\ndef medbench_models():\n    print(2)\n    yield card('loud')\n    print(3)"
    plugins = load_plugins(files=[plugin_file("loud_plugin", body)])
    assert "loud" in plugins.models()
    assert capsys.readouterr().out == ""


def test_two_plugins_with_a_model_of_one_name(plugin_file: File, install) -> None:
    body = "@hookimpl\ndef medbench_models():\n    return [card('mine'), card('plip')]"
    install("other", body, package="other-package")
    plugins = load_plugins()
    with pytest.raises(PluginError) as caught:
        plugins.model("plip")
    assert caught.value.code == "MB703"
    for word in ("'plip'", "other-package", "'clip' of medbench"):
        assert word in str(caught.value)
    assert {"mine", "clip-vit-b-32"} <= set(plugins.models()), "what else they give is not disputed"
    assert "plip" not in plugins.models() and plugins.model("mine").plugin.name == "other"


def test_an_alias_may_not_be_anothers_name(plugin_file: File) -> None:
    body = "@hookimpl\ndef medbench_models():\n    return [card('mine', aliases=('flamingo-80b',))]"
    plugins = load_plugins(files=[plugin_file("alias_plugin", body)])
    with pytest.raises(PluginError, match="'flamingo-80b' is given twice"):
        plugins.model("flamingo-80b")
    assert plugins.model("idefics-80b").plugin.name == "idefics"


def test_no_package_takes_the_place_of_one_of_medbenchs_own(install) -> None:
    install("clip", "@hookimpl\ndef medbench_models():\n    return [card('evil')]", package="a-package")
    plugins = load_plugins()
    assert [info.package for info in plugins.found if info.name == "clip" and not info.fault] == ["medbench"]
    faults = [info.fault for info in plugins.found if info.package == "a-package"]
    assert faults == ["MB703 plugin name 'clip' is already taken by medbench"]
    assert "plip" in plugins.models() and "evil" not in plugins.models()


def test_a_model_of_a_broken_plugin_is_unknown_and_says_why(plugin_file: File) -> None:
    plugins = load_plugins(files=[plugin_file("broken_one", "1 / 0")])
    with pytest.raises(PluginError) as caught:
        plugins.model("her-model")
    assert (caught.value.code, int(caught.value.exit_code)) == ("MB744", 4)
    assert "plugin 'broken_one'" in caught.value.hint and "MB707 import raised Zero" in caught.value.hint
    with pytest.raises(UsageError) as slip:
        plugins.model("idefcs-80b")
    assert slip.value.code == "MB001", "a slip of the pen is no plugin's fault"


def test_a_resolved_card_with_a_wrong_field_is_its_plugins_fault(plugin_file: File) -> None:
    body = "@hookimpl\ndef medbench_resolve_model(name):\n    return card(name, requires='torch')"
    plugins = load_plugins(files=[plugin_file("resolves_badly", body)])
    with pytest.raises(PluginError, match="unknown model 'any:thing'"):
        plugins.model("any:thing")
    assert "MB707 medbench_resolve_model gave a card whose requires" in _states(plugins)["resolves_badly"]


def test_every_field_of_a_card_is_looked_at() -> None:
    assert {field.name for field in dataclasses.fields(ModelCard)} == {*FIELDS, "name"}
