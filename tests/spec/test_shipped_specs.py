"""The nine specs, the suites, the source cards and the paper's numbers, as they ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medbench.spec import (
    AdamProbe,
    Catalogue,
    ChoiceProtocol,
    LbfgsProbe,
    ModelRule,
    ProbeProtocol,
    Quantisation,
    SgdProbe,
    TapRule,
    benchmarks_folder,
    load_plain_file,
    load_reference,
)

SPECS = Catalogue()
SUITES = ("all", "pathology", "dermatology", "ophthalmology", "radiology", "probe", "demo", "paper-figures")
PROBES = tuple(f"T{i}" for i in range(1, 9))


def test_there_are_nine_tasks_and_eight_suites() -> None:
    assert set(SPECS.task_files) == {*PROBES, "NEJM"}
    assert set(SPECS.suite_files) == set(SUITES)


def test_a_task_has_at_most_60_lines(task_file: Path) -> None:
    assert len(task_file.read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("name", SUITES)
def test_every_task_of_a_suite_is_there(name: str) -> None:
    suite = SPECS.suite(name)
    assert suite["id"] == name
    assert all(SPECS.task(task).id == task for task in suite["tasks"])


def test_the_demo_has_a_task_of_each_discipline_and_nejm() -> None:
    found = {SPECS.task(task).discipline for task in SPECS.suite("demo")["tasks"]}
    assert found == {"pathology", "dermatology", "ophthalmology", "radiology", "mixed"}


@pytest.mark.parametrize(
    "name",
    [
        "_probe.yaml",
        "_paper.yaml",
        *(f"{n}.yaml" for n in (*PROBES, "NEJM")),
        *(f"suites/{n}.yaml" for n in SUITES),
    ],
)
def test_editors_find_the_schema(name: str) -> None:
    file = benchmarks_folder() / name
    mark, other = file.read_text(encoding="utf-8").splitlines()[:2]
    assert mark.startswith("# yaml-language-server: $schema=")
    assert (file.parent / mark.partition("=")[2]).is_file()
    if file.parent == benchmarks_folder():
        assert other == f"# $schema: {mark.partition('=')[2]}"


def test_every_source_of_a_task_has_a_card(task_file: Path) -> None:
    task = SPECS.task(task_file.stem)
    assert task.data.sources
    for source in task.data.sources:
        card = SPECS.source(source)
        assert card["id"] == source
        assert card["egress"] == ("ask" if source == "nejm" else "forbidden")
        assert task.discipline in (card["discipline"], "mixed")


def test_a_split_never_cuts_what_the_source_calls_a_group(task_file: Path) -> None:
    task = SPECS.task(task_file.stem)
    group = task.resolved["data"].get("split", {}).get("group")
    if group is not None:
        assert {SPECS.source(part.source)["group_unit"] for part in task.data.train} == {group}


def test_every_source_card_is_used_and_named_by_its_file() -> None:
    used = {source for task in SPECS.task_files for source in SPECS.task(task).data.sources}
    assert set(SPECS.source_files) == used
    assert all(SPECS.source(name)["id"] == name for name in used)


def test_constants_are_the_same_everywhere(task_file: Path) -> None:
    task = SPECS.task(task_file.stem)
    assert (task.statistics.replicates, task.statistics.seed, task.statistics.level) == (1000, 20231221, 0.95)
    if task.data.split is not None:
        assert task.data.split.seed == 20231221


@pytest.mark.parametrize("name", PROBES)
def test_the_standard_probe_is_one_for_all(name: str) -> None:
    protocol = SPECS.task(name).protocols["standard"]
    assert isinstance(protocol, ProbeProtocol)
    assert protocol.decoders == protocol.encoders
    assert protocol.decoders == LbfgsProbe(
        standardise=True, C=(1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10), folds=5, class_weight=None, max_iter=1000,
        tol=1e-4,
    )  # fmt: skip
    assert protocol.tap == TapRule(None, (0.4,), "last", "pooled")
    assert protocol.text == "Question: What's on this image? Answer:"
    assert not protocol.quantisation.active and protocol.matched
    assert not (protocol.model.int8 or protocol.model.open_attention)


@pytest.mark.parametrize("name", PROBES)
def test_standard_select_differs_in_the_depths_only(name: str) -> None:
    protocols = SPECS.task(name).protocols
    standard, select = protocols["standard"], protocols["standard-select"]
    assert isinstance(standard, ProbeProtocol) and isinstance(select, ProbeProtocol)
    assert select.tap.depths == (0.25, 0.4, 0.6, 0.8, "last")
    assert replace(select, tap=standard.tap) == standard


@pytest.mark.parametrize("name", PROBES)
def test_the_papers_probe(name: str) -> None:
    """``paper-protocol.md`` sections 1 to 3."""
    paper = SPECS.task(name).protocols["paper"]
    assert isinstance(paper, ProbeProtocol)
    adam = AdamProbe(False, learning_rate=1e-4, epochs=80, batch_size=512, weight_decay=0, seed=20231221)
    sgd = SgdProbe(False, alpha=0.001, max_iter=10000, tol=0.001, class_weight="balanced", seed=1)
    assert paper.decoders == adam
    assert paper.encoders == (replace(adam, weight_decay=1e-5) if name == "T7" else sgd)
    assert paper.tap == TapRule(32, (0.4,), "last", "projected")
    assert paper.quantisation == Quantisation(True, "train")
    assert paper.model == ModelRule(int8=True, open_attention=False)
    assert paper.image.normalise == "image-max" and paper.matched


@pytest.mark.parametrize("name", [*PROBES, "NEJM"])
def test_paper_as_run_adds_the_scripts_quirks(name: str) -> None:
    paper, run = (SPECS.task(name).protocols[protocol] for protocol in ("paper", "paper-as-run"))
    assert run.model.open_attention and not run.matched
    if isinstance(run, ProbeProtocol) and isinstance(paper, ProbeProtocol):
        assert (run.tap.block, run.quantisation.over) == (38, "all")
        assert (run.decoders, run.encoders) == (paper.decoders, paper.encoders)


def test_nejm_on_paper_has_the_scripts_template() -> None:
    protocol = SPECS.task("NEJM").protocols["paper"]
    assert isinstance(protocol, ChoiceProtocol)
    assert protocol.template == "nejm-2shot-paper"
    assert {d.name: d.tries for d in protocol.decodings} == {"greedy-1": 1, "topk50-t1-x3": 3}


WORDS = {"T1": "histological picture", "T2": "histological picture", "T3": "skin image", "T4": "skin image",
         "T5": "eye fundus image", "T6": "eye fundus image", "T7": "chest radiological image",
         "T8": "knee radiological image"}  # fmt: skip


@pytest.mark.parametrize("name", PROBES)
def test_the_scripts_prompts_stand_word_for_word(name: str) -> None:
    wordings = SPECS.task(name).resolved["prompt"]["wordings"]
    assert wordings["discipline"] == f"Question: What can you seen on this {WORDS[name]}? Answer:"


def test_every_point_of_the_protocol_notes_has_a_ruling() -> None:
    """C1 to C30 of ``paper-protocol.md``, each in the specs that it concerns."""
    found = {ruling for name in (*PROBES, "NEJM") for ruling in SPECS.task(name).resolved["rulings"]}
    assert {f"C{i}" for i in range(1, 31)} - found == set()


def test_the_primary_metrics_are_the_papers() -> None:
    primary = {name: SPECS.task(name).primary for name in (*PROBES, "NEJM")}
    assert primary == {
        "T1": "f1_macro", "T2": "f1_macro", "T3": "roc_auc_mean", "T4": "roc_auc", "T5": "roc_auc_mean",
        "T6": "roc_auc", "T7": "roc_auc_mean", "T8": "roc_auc_mean", "NEJM": "accuracy",
    }  # fmt: skip


def test_nejm_has_both_decodings_and_ranks_by_greedy() -> None:
    protocol = SPECS.task("NEJM").protocols["standard"]
    assert isinstance(protocol, ChoiceProtocol)
    drawn = {d.name: (d.tries, d.top_k, d.temperature) for d in protocol.decodings}
    assert drawn == {"greedy-1": (1, 0, 1.0), "topk50-t1-x3": (3, 50, 1.0)}
    assert protocol.rank_by == "greedy-1"


COUNTS = {
    "T1": (100000, 7180), "T2": (4971, 1263), "T3": (10208, 1512), "T4": (26045, 7081), "T5": (73622, 18740),
    "T6": (101442, 7000), "T7": (86715, 7943), "T8": (56185, 9904),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBES)
def test_the_expected_counts_are_table_1(name: str) -> None:
    expected = SPECS.task(name).data.expected
    assert (expected["train"], expected["test"]) == COUNTS[name]


def test_nejm_scores_929_cases() -> None:
    task = SPECS.task("NEJM")
    assert (task.data.expected["cases"], task.data.exemplars) == (929, 2)


PAPER: list[tuple[str, str, str | None, str, float, float | None, float | None]] = [
    ("T1", "f1_macro", None, "idefics-80b", 0.892, None, None),
    ("T1", "f1_macro", None, "clip-vit-b-32", 0.764, None, None),
    ("T1", "f1_macro", None, "plip", 0.877, None, None),
    ("T2", "f1_macro", None, "idefics-80b", 0.87, 0.847, 0.891),
    ("T2", "f1_macro", None, "clip-vit-b-32", 0.797, 0.774, 0.821),
    ("T4", "roc_auc", None, "idefics-80b", 0.885, 0.859, 0.909),
    ("T4", "roc_auc", None, "clip-vit-b-32", 0.834, 0.81, 0.857),
    ("T5", "roc_auc", "proliferative", "idefics-80b", 0.949, 0.939, 0.958),
    ("T5", "roc_auc", "mild", "idefics-80b", 0.629, 0.612, 0.644),
    ("T5", "roc_auc", "severe", "clip-vit-b-32", 0.826, 0.808, 0.846),
    ("T6", "roc_auc", None, "idefics-80b", 0.868, None, None),
    ("T6", "roc_auc", None, "idefics-9b", 0.843, None, None),
    ("T6", "roc_auc", None, "clip-vit-b-32", 0.716, None, None),
    ("T8", "roc_auc", "severe", "idefics-80b", 0.971, 0.965, 0.976),
    ("T8", "roc_auc", "severe", "clip-vit-b-32", 0.907, 0.894, 0.92),
    ("T8", "roc_auc", "no", "idefics-80b", 0.815, 0.807, 0.824),
    ("NEJM", "accuracy", None, "idefics-80b", 0.404, None, None),
    ("NEJM", "any_of_k", None, "idefics-80b", 0.543, None, None),
]


def _reference(task: str) -> list[dict[str, Any]]:
    file = SPECS.task(task).reference
    assert file is not None
    return load_reference(file)


@pytest.mark.parametrize("row", PAPER, ids=[f"{r[0]}-{r[1]}-{r[2]}-{r[3]}" for r in PAPER])
def test_the_papers_numbers(row: tuple[Any, ...]) -> None:
    task, metric, label, model, *numbers = row
    found = [
        [r["value"], r["ci_low"], r["ci_high"]]
        for r in _reference(task)
        if (r["metric"], r["label"], r["runs_as"]) == (metric, label, model)
        and r.get("train_fraction", 1.0) == 1.0
        and not r["where"].startswith("authors' repository")
    ]
    assert found and all(numbers_found == numbers for numbers_found in found)


def test_counts_and_fractions_agree() -> None:
    file = SPECS.task("NEJM").reference
    assert file is not None
    value = load_plain_file(file, "reference")
    rows = {row["metric"]: row["value"] for row in (*value["rows"], *value["other"])}
    cases = rows["n_cases_evaluated"]
    assert round(rows["n_correct"] / cases, 3) == rows["accuracy"] == 0.404
    assert round(rows["n_correct_any_of_3"] / cases, 3) == rows["any_of_k"] == 0.543


def test_reference_rows_name_what_can_be_measured(task_file: Path) -> None:
    """A published metric of a class names a class of the task, so that the board finds it."""
    task = SPECS.task(task_file.stem)
    classes = task.data.label.classes if task.data.label else ()
    rows = _reference(task_file.stem)
    assert rows and {row["metric"] for row in rows} <= set(task.report)
    assert all(0 < row["tolerance"] < 0.1 for row in rows)
    assert {row["label"] for row in rows if row["label"] is not None} <= set(classes)
    for row in rows:
        if row["value"] is not None and row["ci_low"] is not None:
            assert row["ci_low"] <= row["value"] <= row["ci_high"]
