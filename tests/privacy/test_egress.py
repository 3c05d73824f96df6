"""A remote model is refused before it is opened, by the sources' cards; a name that nobody has is a slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.cohort.sources import READERS
from medbench.errors import UsageError
from medbench.hooks import Plugins, load_plugins
from medbench.runner import Job, ModelRequest, RunOptions, Silent, execute, prepare_job
from medbench.spec import Catalogue

REMOTE = """
from pathlib import Path
from medbench.hooks import hookimpl
from medbench.models import Identity, ModelCard, Reply

CALLS = Path(__file__).with_name("calls")

def called(what):
    with CALLS.open("a") as file: file.write(what + "\\n")

class Handle:
    blocks, width, outputs = None, 2, ("pooled",)
    def identity(self): return Identity({"kind": "remote"})
    def render(self, prompt): return "prompt"
    def count_tokens(self, prompt): return 1
    def memory_gib(self, need): return 0.0
    def load(self, need, devices):
        called("load")
        return self
    def generate(self, prompts, sampling, seeds):
        return [[Reply("A", 1, "stop")] * seeds.shape[1] for _ in prompts]
    def close(self): pass

def open_remote(options):
    called("open")
    return Handle()

@hookimpl
def medbench_models():
    yield ModelCard("far", "remote_plugin:open_remote", frozenset({"activations", "generate"}),
                    inputs=frozenset({"image", "images"}), needs_weights=False, egress="remote")
"""


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plugins, Path]:
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "remote_plugin.py").write_text(REMOTE)
    return load_plugins(files=[folder / "remote_plugin.py"]), folder / "calls"


def _job(remote: tuple[Plugins, Path], root: Path, output: Path, tasks: list[str], *allowed: str) -> Job:
    remote[1].unlink(missing_ok=True)
    options = RunOptions(data_root=root, output=output, cache=output / "cache", limit=3, allow_egress=allowed)
    return prepare_job(Catalogue(), remote[0], [ModelRequest("far")], None, tasks, options)


@pytest.mark.parametrize("allowed", [(), ("pannuke", "oai", "most")])
def test_it_is_neither_opened_nor_loaded(remote, sample_root: Path, tmp_path: Path, allowed) -> None:
    tasks = [f"T{i}" for i in range(1, 9)]
    result = execute(_job(remote, sample_root, tmp_path, tasks, *allowed), Silent())
    assert {row["state"] for row in result.not_run} == {"refused"} and len(result.not_run) == 8
    assert result.records == () and not remote[1].exists()


def test_it_is_opened_and_loaded_where_it_may(remote, sample_root: Path, tmp_path: Path) -> None:
    result = execute(_job(remote, sample_root, tmp_path, ["NEJM"], "nejm"), Silent())
    assert len(result.records) == 1
    assert set(remote[1].read_text().split()) == {"open", "load"}


def test_every_source_says_what_may_leave() -> None:
    catalogue = Catalogue()
    said = {source: catalogue.source(source)["egress"] for source in READERS}
    assert {source for source, egress in said.items() if egress != "forbidden"} == {"nejm"}
    assert said["nejm"] == "ask"


def test_a_source_that_nobody_has_is_a_slip(remote, sample_root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        _job(remote, sample_root, tmp_path, ["NEJM"], "nejn")
    fault = caught.value
    assert (fault.code, fault.where, fault.hint) == ("MB017", "--allow-egress", "did you mean 'nejm'?")
    assert _job(remote, sample_root, tmp_path, ["T2"], "oai").items, "a source of another task is none"
