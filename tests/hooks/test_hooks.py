"""What the three hooks give."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.errors import UsageError
from medbench.hooks import hookspecs, load_plugins
from medbench.spec import Catalogue

File = Callable[[str, str], Path]
RESOLVES = "@hookimpl\ndef medbench_resolve_model(name):\n    {}"
NAMES = "if name.startswith('fake:'):\n        return card(name.partition(':')[2])"


def test_names_and_aliases(plugin_file: File) -> None:
    plugins = load_plugins()
    assert plugins.model("idefics-80b").card.address == "HuggingFaceM4/idefics-80b-instruct"
    assert plugins.model("flamingo-80b").card.name == "idefics-80b"
    assert plugins.model("plip").plugin.name == "clip"
    assert "flamingo-80b" not in plugins.models()


@pytest.mark.parametrize(
    ("name", "near"), [("idefcs-80b", "'idefics-80b'"), ("flamingo-8b", "'flamingo-80b'")]
)
def test_an_unknown_model_gets_the_nearest_name(name: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_plugins().model(name)
    assert (caught.value.code, near in caught.value.hint) == ("MB001", True)


def test_a_plugin_resolves_a_scheme(plugin_file: File) -> None:
    plugins = load_plugins(files=[plugin_file("fake_scheme", RESOLVES.format(NAMES))])
    found = plugins.model("fake:org-model")
    assert (found.card.name, found.plugin.name) == ("org-model", "fake_scheme")
    with pytest.raises(UsageError):
        plugins.model("other:org-model")
    assert plugins.model("plip").plugin.name == "clip"


@pytest.mark.parametrize(
    "body", ["raise SystemExit(1)", "1 / 0", "return 'plip'", "return [card(name)]", "print(name, end='')"]
)
def test_a_broken_resolver_stops_no_other(body: str, plugin_file: File, capsys) -> None:
    files = [plugin_file("a_broken", RESOLVES.format(body)), plugin_file("b_sound", RESOLVES.format(NAMES))]
    plugins = load_plugins(files=files)
    assert plugins.model("fake:x").plugin.name == "b_sound"
    assert bool(plugins.found[-2].fault) is ("print" not in body)
    assert capsys.readouterr().out == ""


def test_the_first_plugin_that_knows_a_name_gives_it(plugin_file: File) -> None:
    files = [plugin_file(name, RESOLVES.format(NAMES)) for name in ("first_one", "second_one")]
    assert load_plugins(files=files).model("fake:x").plugin.name == "first_one"


def test_task_folders(plugin_file: File, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    t4 = next(path for name, path in Catalogue().task_files.items() if name == "T4")
    (folder / "Mine.yaml").write_text(f"extends: {t4}\nid: Mine\n")
    tasks = "@hookimpl\ndef medbench_tasks():\n    return [{!r}]"
    plugins = load_plugins(files=[plugin_file("task_plugin", tasks.format(str(folder)))])
    assert plugins.task_folders() == [folder]
    task = Catalogue(tuple(plugins.task_folders())).task("mine")
    assert (task.id, task.digest != Catalogue().task("T4").digest) == ("Mine", True)
    assert task.reference is not None and task.reference.is_file()


@pytest.mark.parametrize("given", ["'/nowhere'", "7", "None", "'x.yaml'"])
def test_what_is_no_folder_is_the_plugins_fault(given: str, plugin_file: File) -> None:
    plugins = load_plugins(
        files=[plugin_file("no_folder", f"@hookimpl\ndef medbench_tasks():\n    return [{given}]")]
    )
    assert plugins.task_folders() == []
    assert "which is no folder" in plugins.found[-1].fault


def test_every_hook_says_what_it_is() -> None:
    hooks = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("medbench_")}
    assert {"medbench_models", "medbench_resolve_model", "medbench_tasks"} <= set(hooks)
    assert all(inspect.getdoc(hook) for hook in hooks.values())
