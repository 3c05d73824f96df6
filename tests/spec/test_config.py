"""``medbench.toml``: values, places of faults, and nothing but a ``Config`` or a ``SpecError``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from medbench.errors import SpecError
from medbench.runner import RunOptions
from medbench.spec import load_schema
from medbench.spec.config import Config, RunDefaults, find_config, load_config
from medbench.spec.toml_origins import toml_origins

EVERYTHING = """\
schema = "medbench.config/1"
data_root = "data"
output = "/out"
cache-dir = "~/cache"
include-path = [
  "tasks", # not = a key
  "../more",
]
x-note = '''
[run]
limit = 3
'''

[sources]
oai = "oai-2024"
[run]
protocol = "paper"
batch_size = 4
devices = ["cuda:0", "cuda:1"]
strict = true
[models."idefics-80b"]
path = "weights"
download = true
x-note = "mine"
[models]
plip.address = "me/plip"
"""

FAULTS = [
    ("data-root = \n", "1:13", "MB103", "Invalid value"),
    ("a = 1\nb = [1,\n\n", "2:8", "MB103", "Invalid value"),
    ("a = 1\na = 2\n", "2:6", "MB104", "overwrite"),
    ("[run]\n[run]\n", "2:5", "MB104", "twice"),
    ("data-root = 'a'\ndata_root = 'b'\n", "2:1", "MB104", "as data-root and as data_root"),
    ("[run]\nbatch_size = 1\nbatch-size = 2\n", "2:1", "MB104", "stands twice"),
    ("x-when = 2024-05-01\n", "1:1", "MB106", "quotes"),
    ("[run]\nbatch-size = nan\n", "2:1", "MB106", "nan"),
    (f"x-n = 0x{'f' * 5000}\n", "1:1", "MB106", "64 bits"),
    ("data-rot = 'a'\n", "1:1", "MB203", "did you mean 'data-root'?"),
    ("[run]\n  batchsize = 1\n", "2:3", "MB203", "did you mean 'batch-size'?"),
    ('run = {"strct" = true}\n', "1:1", "MB203", "did you mean 'strict'?"),
    ("[soures]\n", "1:1", "MB203", "did you mean 'sources'?"),
    ("[run]\nlimit = 3\n", "2:1", "MB203", "command line: --limit"),
    ("[run]\nseed = 3\n", "2:1", "MB203", "--seed"),
    ("[run]\nallow_missing = true\n", "2:1", "MB203", "--allow-missing"),
    ("[run]\nallow-egress = ['oai']\n", "2:1", "MB203", "--allow-egress"),
    ("data-root = 3\n", "1:1", "MB204", "data-root is 3, expected string"),
    ("run = 3\n", "1:1", "MB204", "run is 3, expected object"),
    ("[run]\n\nstrict = 'yes'\n", "3:1", "MB204", "expected boolean"),
    ("[run]\nbatch-size = 1.5\n", "2:1", "MB204", "expected integer"),
    ("[run]\ndevices = 'cuda:0'\n", "2:1", "MB204", "expected array"),
    ("[sources]\noai = 3\n", "2:1", "MB204", "sources.oai is 3"),
    ("[models.plip]\nlayers = 3\n", "2:1", "MB204", "models.plip.layers is 3, expected string"),
    ("models.plip = 'a'\n", "1:1", "MB204", "expected object"),
    ("schema = 'medbench.config/2'\n", "1:1", "MB205", "medbench.config/1"),
    ("[run]\nbatch-size = 'fast'\n", "2:1", "MB205", "auto"),
    ("[run]\nbatch-size = 0\n", "2:1", "MB207", "minimum"),
    ("data-root = ''\n", "1:1", "MB207", "data-root"),
    ("[sources]\noai = '~nobody-of-that-name/x'\n", "2:1", "MB207", "home"),
    ('include-path = ["a", "b\\u0000"]\n', "1:1", "MB207", "NUL"),
    ('output = "~\\u0000"\n', "1:1", "MB207", "NUL"),
    ("a = " + "[" * 5000, "1:1", "MB103", "nested"),
    ("x-a" + ".a" * 50 + " = 1\n", "1:1", "MB103", "nested"),
]


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Config]:
    def _load(text: str) -> Config:
        (tmp_path / "medbench.toml").write_text(text, encoding="utf-8")
        return load_config(tmp_path / "medbench.toml")

    return _load


def test_every_setting(load: Callable[[str], Config], tmp_path: Path) -> None:
    config = load(EVERYTHING)
    assert config.file == tmp_path / "medbench.toml"
    assert (config.data_root, config.output) == (tmp_path / "data", Path("/out"))
    assert config.cache_dir == Path.home() / "cache"
    assert config.include_path == (tmp_path / "tasks", tmp_path / "../more")
    assert config.sources == {"oai": tmp_path / "oai-2024"}
    assert config.run == RunDefaults("paper", 4, ("cuda:0", "cuda:1"), True)
    assert config.models == {
        "idefics-80b": {"path": str(tmp_path / "weights"), "download": "yes"},
        "plip": {"address": "me/plip"},
    }
    assert config.origins["run", "batch-size"].line == 18


def test_an_empty_file_sets_nothing(load: Callable[[str], Config]) -> None:
    config = load("")
    assert {**vars(config), "file": None, "origins": {}} == vars(Config())


def test_defaults_are_those_of_a_run() -> None:
    ours, theirs = RunDefaults(), RunOptions()
    assert all(getattr(theirs, name) == value for name, value in vars(ours).items())


@pytest.mark.parametrize(("text", "place", "code", "said"), FAULTS, ids=[repr(f[0][:30]) for f in FAULTS])
def test_fault(
    text: str, place: str, code: str, said: str, load: Callable[[str], Config], tmp_path: Path
) -> None:
    with pytest.raises(SpecError) as caught:
        load(text)
    assert (caught.value.where, caught.value.code) == (f"{tmp_path}/medbench.toml:{place}", code)
    assert said in caught.value.message


def test_all_faults_are_shown_together_each_with_its_line(load: Callable[[str], Config]) -> None:
    with pytest.raises(SpecError) as caught:
        load("dat-root = 'a'\n[run]\nstrict = 1\nlimit = 2\n[sources]\noai = 1\n")
    assert re.findall(r"toml:(\d+:\d+)", str(caught.value)) == ["1:1", "3:1", "4:1", "6:1"]
    assert "    strict = 1\n    ^" in str(caught.value)


@pytest.mark.parametrize(("name", "code"), [("none.toml", "MB101"), (".", "MB101"), ("latin.toml", "MB102")])
def test_a_file_that_cannot_be_read(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"output = '\xe4'")
    with pytest.raises(SpecError) as caught:
        load_config(tmp_path / name)
    assert caught.value.code == code


def test_the_nearest_file_upward_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "medbench.toml").mkdir()
    (tmp_path / "medbench.toml").touch()
    assert find_config(inner) == tmp_path / "medbench.toml"
    (inner / "medbench.toml").touch()
    assert find_config(inner) == inner / "medbench.toml"


TRICKS = r'''a."b.c".'d' = """x = 1
[y]
\"""z = """""  # = [
  [ t . "u\u0041" ]
	k = [ # ]
  'x = [', {q = "]"},
]
"" = {
}
[[many]]
z=1
'''.replace("{\n}", "''''''")


def test_places_in_a_text_that_looks_like_something_else() -> None:
    tomllib.loads(TRICKS)
    found = toml_origins(Path("f"), TRICKS)
    assert {key: (origin.line, origin.column) for key, origin in found.items()} == {
        (): (1, 1),
        ("a",): (1, 1), ("a", "b.c"): (1, 1), ("a", "b.c", "d"): (1, 1),
        ("t",): (4, 3), ("t", "uA"): (4, 3),
        ("t", "uA", "k"): (5, 2), ("t", "uA", ""): (8, 1),
        ("many",): (9, 1), ("many", "z"): (10, 1),
    }  # fmt: skip


def _properties(schema: Any) -> list[dict[str, Any]]:
    own = list(schema.get("properties", {}).values())
    others = [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    return [*own, *others, *(deeper for part in (*own, *others) for deeper in _properties(part))]


def test_every_key_is_described_with_valid_examples_and_a_default() -> None:
    from jsonschema import Draft7Validator

    schema = load_schema("config")
    for part in _properties(schema):
        assert part["description"] and part["examples"]
        assert all(Draft7Validator(part).is_valid(case) for case in part["examples"])
    tables = [schema, schema["properties"]["run"], schema["properties"]["models"]["additionalProperties"]]
    assert all("default" in key for table in tables for key in table["properties"].values())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value) if isinstance(value, str | bool | int) else str(value)


SCALARS = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.dates(), st.text("ab ~/\x00", max_size=4),
    st.sampled_from(["auto", "~", "~x/y", "a/b", "cuda:0", "medbench.config/1"]),
)  # fmt: skip
NAMES = st.sampled_from(
    ["schema", "data-root", "data_root", "output", "cache-dir", "include-path", "sources", "run", "models",
     "batch-size", "batch_size", "devices", "protocol", "strict", "limit", "path", "download", "x-a", "", "é"]
)  # fmt: skip
TABLES = st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
VALUES = (
    SCALARS | TABLES | st.lists(SCALARS | TABLES, max_size=3) | st.dictionaries(NAMES, TABLES, max_size=2)
)
TEXTS = st.one_of(
    st.text(),
    st.text("[]{}=\"'#.\\\n\t ,ax-_1", max_size=60),
    st.lists(st.sampled_from(EVERYTHING.splitlines()), max_size=12).map("\n".join),
    st.dictionaries(NAMES, VALUES, max_size=5).map(
        lambda table: "\n".join(f"{json.dumps(key)} = {_toml(value)}" for key, value in table.items())
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30))
@example(b"a = 1\r\n[b]\r\nc = 2")
@example(b"\xef\xbb\xbfoutput = 'a'")
@example(b"a = '\r'")
def test_any_text_gives_a_config_or_a_spec_error(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "medbench.toml"
    file.write_bytes(text)
    try:
        assert load_config(file).file == file
    except SpecError as fault:
        assert fault.code[:3] in ("MB1", "MB2")
        assert fault.where.startswith(str(file))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_key_has_a_place(text: str) -> None:
    text = text.replace("\r\n", "\n")
    try:
        value = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    origins = toml_origins(Path("f"), text)
    assert {path[0] for path in origins if path} == set(value)
    within = {(key, inner) for key, table in value.items() for inner in _keys(table)}
    assert {path[:2] for path in origins if len(path) > 1} <= within


def _keys(table: Any) -> list[str]:
    if isinstance(table, list):
        return [key for item in table for key in _keys(item)]
    return list(table) if isinstance(table, dict) else []
