"""Command line over ``medbench.toml`` over spec: which file is read, what it sets, and where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from medbench.cli.main import main
from medbench.errors import UsageError
from medbench.runner import ModelRequest, RunOptions
from medbench.spec import benchmarks_folder

Asked = Callable[..., tuple[list[ModelRequest], RunOptions]]
Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, without the settings of whoever runs the tests."""
    for name in ("MEDBENCH_DATA_ROOT", "MEDBENCH_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    here = tmp_path / "project" / "inner"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write ``medbench.toml`` into the folder above the one of the command."""

    def _write(text: str) -> Path:
        file = tmp_path / "project" / "medbench.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return _write


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What ``run`` would ask of the runner."""

    def _asked(line: str) -> tuple[list[ModelRequest], RunOptions]:
        seen: list[Any] = []

        def stop(_specs: Any, _plugins: Any, requests: Sequence[ModelRequest], *rest: Any) -> None:
            seen.extend([list(requests), rest[-1]])
            raise UsageError("MB000", "seen")

        monkeypatch.setattr("medbench.runner.prepare_job", stop)
        assert main(["run", *line.split()]) == 2
        assert seen
        return seen[0], seen[1]

    return _asked


SETTINGS = """\
output = "out"
cache_dir = "cache"
data-root = "data"
[sources]
oai = "oai-2024"
[run]
protocol = "paper"
batch-size = 4
devices = ["cuda:0", "cuda:1"]
strict = true
[models.clip-vit-b-32]
path = "weights"
dtype = "float32"
"""


def test_a_run_is_as_the_file_of_a_folder_above_says(write: Write, asked: Asked, tmp_path: Path) -> None:
    folder = write(SETTINGS).parent
    (folder / "data").mkdir()
    requests, options = asked("--model clip-vit-b-32 --model plip --task T1")
    assert [dict(request.arguments) for request in requests] == [
        {"path": str(folder / "weights"), "dtype": "float32"},
        {},
    ]
    assert options == RunOptions(
        protocol="paper",
        data_root=folder / "data",
        source_paths={"oai": folder / "oai-2024"},
        output=folder / "out",
        cache=folder / "cache",
        batch_size=4,
        devices=("cuda:0", "cuda:1"),
        strict=True,
    )


def test_the_command_line_stands_over_the_file(write: Write, asked: Asked, tmp_path: Path) -> None:
    folder = write(SETTINGS).parent
    for name in ("data", "other/oai"):
        (folder / name).mkdir(parents=True)
    requests, options = asked(
        "--model clip-vit-b-32 --task T1 --model-args dtype=float16 --output o --cache-dir c"
        " --data-root ../other --protocol standard --batch-size auto --devices cpu --no-strict"
    )
    assert dict(requests[0].arguments) == {"path": str(folder / "weights"), "dtype": "float16"}
    assert options == RunOptions(
        data_root=Path("../other"), output=Path("o"), cache=Path("c"), devices=("cpu",)
    )


def test_without_a_file_a_run_is_as_ever(asked: Asked) -> None:
    assert asked("--model plip --task T1") == ([ModelRequest("plip")], RunOptions())


def test_no_config_reads_none_and_config_another(write: Write, asked: Asked, home: Path) -> None:
    write("output = 'a'")
    (home / "mine.toml").write_text("output = 'b'")
    assert asked("--model plip --task T1 --no-config")[1].output == Path("runs")
    assert asked("--model plip --task T1 --config mine.toml")[1].output == home / "b"
    assert main(["--no-config", "list", "suites", "--config", "mine.toml"]) == 2


def test_the_environment_stands_between(
    write: Write, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(SETTINGS).parent
    for name in ("data", "environment/oai", "line"):
        (folder / name).mkdir(parents=True)
    monkeypatch.setenv("MEDBENCH_DATA_ROOT", str(folder / "environment"))
    options = asked("--model plip --task T1")[1]
    assert (options.data_root, options.source_paths) == (folder / "environment", {})
    options = asked(f"--model plip --task T1 --data-root {folder / 'line'}")[1]
    assert (options.data_root, options.source_paths) == (folder / "line", {"oai": folder / "oai-2024"})


def test_models_of_a_suite_and_aliases_have_their_tables(write: Write, asked: Asked, home: Path) -> None:
    write("include-path = ['tasks']\n[models.flamingo-9b]\npath = 'w'\n")
    suites = home.parent / "tasks" / "suites"
    suites.mkdir(parents=True)
    text = "schema: medbench.suite/1\nid: mine\ntitle: Mine\ntasks: [T1]\n"
    models = "models: [idefics-9b, {name: plip, checkpoint: tiny}]\n"
    (suites / "mine.yaml").write_text(text + models)
    assert asked("--suite mine")[0] == [
        ModelRequest("idefics-9b", {"path": str(home.parent / "w")}),
        ModelRequest("plip", tiny=True),
    ]


def test_a_suite_on_synthetic_data_takes_no_single_source(write: Write, asked: Asked) -> None:
    write("[sources]\noai = 'x'")
    assert asked("--suite demo")[1].source_paths == {}


def test_a_source_is_read_where_the_file_says(
    write: Write, sample_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = ("nct-crc-he-100k", "crc-val-he-7k")
    write("[sources]\n" + "".join(f"{name} = '{sample_root / name}'\n" for name in sources))
    assert main(["run", "--model", "image-stats", "--task", "T1", "--dry-run", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["not_run"] == []


@pytest.mark.parametrize("command", ["run --model plip --task T1 --dry-run", "explain T1"])
@pytest.mark.parametrize("as_json", ["", " --json"])
def test_the_file_that_was_read_is_named(
    command: str, as_json: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write("output = 'x'")
    main((command + as_json).split())
    said = capsys.readouterr()
    assert f"settings from {file}\n" in said.err
    assert str(file) not in said.out
    main([*command.split(), "--no-config"])
    assert "settings from" not in capsys.readouterr().err


MISTAKES = [
    ("[models.idefcs-80b]\n", "run --model plip --task T1", "1:1", "MB001", "'idefics-80b'"),
    ("[models.plip]\npth = 'x'\n", "run --model random --task T1", "2:1", "MB006", "'path'"),
    ("[models.majority]\npath = 'x'\n", "run --model random --task T1", "2:1", "MB006", "majority"),
    ("[models.plip]\ndownload = 'maybe'\n", "run --model plip --task T1", "2:1", "MB007", "yes or no"),
    (
        "[models]\nidefics-9b={}\nflamingo-9b={}",
        "run --model plip --task T1",
        "3:1",
        "MB104",
        "flamingo-9b",
    ),
    ("[sources]\nnejn = 'x'\n", "run --model plip --task T1", "2:1", "MB017", "'nejm'"),
    ("[run]\nprotocol = 'papr'\n", "run --model plip --task T1", "2:1", "MB008", "'paper'"),
    ("\ndata-root = 'none'\n", "run --model plip --task T1", "2:1", "MB015", "none"),
    ("\ndata-root = 'none'\n", "data status", "2:1", "MB015", "none"),
    ("include-path = ['none']\n", "list tasks", "1:1", "MB015", "none"),
    ("outptu = 'x'\n", "explain T1", "1:1", "MB203", "'output'"),
    ("a = \n", "list sources", "1:5", "MB103", "Invalid value"),
]


@pytest.mark.parametrize(("text", "line", "place", "code", "said"), MISTAKES, ids=lambda part: part[:30])
def test_mistake(
    text: str, line: str, place: str, code: str, said: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(text)
    assert main(line.split()) == 2
    error = capsys.readouterr().err
    assert f"{file}:{place}: {code}" in error and said in error


def test_models_are_looked_at_by_run_alone_and_only_with_every_plugin(
    write: Write, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("[models.somebody-elses]\npath = 'x'\n")
    assert main(["list", "models"]) == 0
    assert asked("--model plip --task T1 --no-plugins")[0] == [ModelRequest("plip")]
    monkeypatch.setenv("MEDBENCH_PLUGINS", "clip")
    assert asked("--model plip --task T1")[0] == [ModelRequest("plip")]


def test_a_value_of_the_line_is_blamed_on_the_line(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("[run]\nprotocol = 'paper'\n")
    assert main(["run", "--model", "plip", "--task", "T1", "--protocol", "papr"]) == 2
    assert "medbench: --protocol: MB008" in capsys.readouterr().err


def test_commands_that_need_no_settings_read_none(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("nonsense")
    assert main(["schema", "config"]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "medbench.config/1"
    assert main(["validate", str(benchmarks_folder() / "T1.yaml")]) == 0


def test_python_reads_no_settings(write: Write) -> None:
    import medbench

    write("nonsense")
    assert medbench.run("image-stats", tasks="T1", dry_run=True).not_run


def test_the_example_in_the_documents_is_valid(write: Write) -> None:
    from medbench.spec.config import load_config

    text = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    config = load_config(write(text.partition("```toml\n")[2].partition("```")[0]))
    assert config.run.strict and config.models["idefics-80b"]["download"] == "no"
