"""Models of a one-file plugin: what they may do to a run, and what they may not."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from medbench.hooks import Plugins, load_plugins
from medbench.record import read_record
from medbench.runner import ModelRequest, RunOptions, RunResult, Silent, execute, prepare_job
from medbench.spec import Catalogue

PLUGIN = """
import numpy as np
from medbench.hooks import hookimpl
from medbench.models import Identity, ModelCard, Reply, Tap

class Handle:
    blocks, width, outputs = None, 2, ("pooled",)
    def __init__(self, kind): self.kind = kind
    def identity(self): return Identity({"kind": self.kind})
    def render(self, prompt): return "".join(p if isinstance(p, str) else "<i>" for p in prompt.parts())
    def count_tokens(self, prompt): return 1
    def memory_gib(self, need): return 3.0
    def load(self, need, devices):
        if self.kind == "too-big": raise MemoryError("no room")
        if self.kind == "broken": raise KeyError("weights")
        return Model(self.kind)

class Model:
    def __init__(self, kind): self.kind, self.bad = kind, None
    def activations(self, prompts, taps):
        if self.kind == "raises": raise ValueError("a shape that does not fit")
        value = np.inf if self.kind == "overflows" else 1.0
        return {tap: np.full((len(prompts), 2), value, np.float16) for tap in taps}
    def generate(self, prompts, sampling, seeds):
        if self.kind == "fails-always": raise ValueError("no token")
        for prompt in prompts:
            digest = prompt.images()[-1].digest
            self.bad = self.bad or digest
            if digest == self.bad: raise ValueError("this row is too much")
        return [[Reply(p.options[0], 2, "stop")] * seeds.shape[1] for p in prompts]
    def close(self): raise RuntimeError("cannot be freed")

def _opener(kind):
    return lambda options: Handle(kind)

KINDS = ("fails-once", "fails-always", "raises", "overflows", "too-big", "broken", "remote", "lacking")
for kind in KINDS:
    globals()["open_" + kind.replace("-", "_")] = _opener(kind)

@hookimpl
def medbench_models():
    for kind in KINDS:
        yield ModelCard(
            kind, "one_file_plugin:open_" + kind.replace("-", "_"), frozenset({"activations", "generate"}),
            inputs=frozenset({"image", "images"}), needs_weights=False, arguments=("flavour",),
            egress="remote" if kind == "remote" else "none",
            requires=("not_a_module",) if kind == "lacking" else (),
            extra="medbench[magic]" if kind == "lacking" else "",
        )
"""


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Plugins:
    file = tmp_path_factory.mktemp("plugin") / "one_file_plugin.py"
    file.write_text(textwrap.dedent(PLUGIN))
    found = load_plugins(files=[file])
    assert not [info.fault for info in found.found if info.fault]
    return found


@pytest.fixture
def run(plugins: Plugins, sample_root: Path, cache: Path, tmp_path: Path):
    def start(model: str, *tasks: str, **options: Any) -> RunResult:
        settings = RunOptions(
            data_root=sample_root, output=tmp_path / "runs", cache=tmp_path / "cache", **options
        )
        job = prepare_job(Catalogue(), plugins, [ModelRequest(model)], None, tasks, settings)
        return execute(job, Silent())

    return start


def test_a_row_that_fails_is_an_error_and_wrong(run) -> None:
    result = run("fails-once", "NEJM", limit=10)
    assert (result.exit_code, result.failed) == (0, ())
    record = read_record(result.records[0]).value
    assert record["coverage"] == {"n_spec": 10, "n_scored": 9, "n_unparsed": 0, "n_refused": 0, "n_error": 1}
    rows = pq.read_table(result.records[0].parent / "predictions.parquet").to_pylist()
    failed = [row for row in rows if row["status"] == "error"]
    assert [(row["decoding"], row["option"]) for row in failed] == [("greedy-1", None)] + [
        ("topk50-t1-x3", None)
    ] * 3
    greedy = [row for row in rows if row["decoding"] == "greedy-1"]
    accuracy = next(row for row in record["metrics"] if row["key"] == record["task"]["primary"])
    assert accuracy["value"] == pytest.approx(sum(row["option"] == row["answer"] for row in greedy) / 10)


@pytest.mark.parametrize(
    ("model", "task", "code", "said"),
    [
        ("fails-always", "NEJM", 4, "MB713 every reply failed: ValueError: no token"),
        ("raises", "T2", 4, "MB714 activations raised ValueError: a shape that does not fit"),
        ("overflows", "T2", 1, "MB804 float16 activations at pooled are not finite"),
        ("too-big", "T2", 1, "MB802 does not fit: its weights need 3.0 GiB"),
        ("broken", "T2", 4, "MB705 could not be loaded: KeyError: 'weights'"),
    ],
)
def test_a_model_that_fails_the_task(model: str, task: str, code: int, said: str, run) -> None:
    result = run(model, task, limit=8)
    assert (result.exit_code, result.records) == (code, ())
    assert said in result.failed[0]["reason"]
    tracebacks = list(result.run_dir.rglob("traceback.txt"))
    assert bool(tracebacks) == (code == 4), "the plugin's author sees where it happened"
    assert said.split(": ")[-1] not in (result.run_dir / "log.jsonl").read_text()


def test_one_failure_does_not_stop_the_next_task(run) -> None:
    result = run("raises", "T2", "NEJM", limit=8)
    assert [row["task"] for row in result.failed] == ["T2"]
    assert [read_record(path).value["task"]["id"] for path in result.records] == ["NEJM"]


def test_a_reader_that_crashes_costs_its_task_alone(run, monkeypatch: pytest.MonkeyPatch) -> None:
    from medbench.runner import item

    real = item.prepare_cohort

    def crash(task, *rest):
        if task.id == "T2":
            raise KeyError("a column")
        return real(task, *rest)

    monkeypatch.setattr(item, "prepare_cohort", crash)
    result = run("fails-once", "T2", "NEJM", limit=8)
    assert (result.exit_code, len(result.records)) == (1, 1)
    assert "MB801 KeyError" in result.failed[0]["reason"]


def test_a_remote_model_sees_no_medical_source(run) -> None:
    result = run("remote", "T2", "NEJM")
    assert (result.exit_code, result.records) == (3, ())
    assert [row["state"] for row in result.not_run] == ["refused", "refused"]
    reasons = {row["task"]: row["reason"] for row in result.not_run}
    assert "pannuke may not leave this machine" in reasons["T2"] and "--allow" not in reasons["T2"]
    assert "--allow-egress nejm" in reasons["NEJM"]


def test_only_what_may_be_asked_for_can_be_allowed(run) -> None:
    result = run("remote", "T2", "NEJM", allow_egress=("nejm", "pannuke"), dry_run=True)
    assert [(row["task"], row["state"]) for row in result.not_run] == [("T2", "refused")]
    assert result.exit_code == 3, "a dry run ends as the run would"


def test_an_extra_that_is_not_installed(run) -> None:
    result = run("lacking", "T2")
    assert (result.exit_code, result.not_run[0]["state"]) == (3, "missing")
    assert "needs not_a_module: pip install 'medbench[magic]'" in result.not_run[0]["reason"]


def test_too_few_rows_to_choose_c_on(run) -> None:
    result = run("fails-once", "T1", limit=5)
    assert result.exit_code == 1
    assert "MB805" in result.failed[0]["reason"] and "--limit" in result.failed[0]["reason"]


def test_a_plugin_file_with_a_typo_is_named(tmp_path: Path) -> None:
    file = tmp_path / "typo.py"
    file.write_text("from medbench.hooks import hookimpl\n@hookimpl\ndef medbench_modles(): return []\n")
    fault = load_plugins(files=[file]).found[-1].fault
    assert "MB702 unknown hook" in fault and "did you mean 'medbench_models'?" in fault


def test_the_run_id_follows_what_is_asked(run, plugins: Plugins, sample_root: Path, tmp_path: Path) -> None:
    from medbench.runner.folder import open_run

    def folder(tasks=("T2",), arguments=None, root=sample_root, **options: Any) -> str:
        settings = RunOptions(data_root=root, output=tmp_path, cache=tmp_path / "cache", **options)
        request = ModelRequest("fails-once", arguments or {})
        job = prepare_job(Catalogue(), plugins, [request], None, tasks, settings)
        return open_run(job.label, job.tasks, job.items, settings).path.name

    first = folder()
    assert folder() == first == folder(devices=("cpu",)) == folder(strict=True)
    other = [
        folder(tasks=("T2", "T3")),
        folder(arguments={"flavour": "w"}),
        folder(root=tmp_path),
        folder(limit=5),
        folder(seed=1),
        folder(batch_size=4),
        folder(allow_missing=True),
    ]
    assert len({first, *other}) == 8
    assert first.startswith("T2-standard-") and other[0].startswith("T2+T3-standard-")
    plan = json.loads((tmp_path / first / "plan.json").read_text())
    assert plan["items"] == [{"model": "fails-once", "task": "T2", "state": "ready", "reason": ""}]
