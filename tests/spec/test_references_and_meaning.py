"""Names that lead nowhere (MB3xx) and contradictions (MB4xx)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.errors import SpecError, UsageError
from medbench.spec import Catalogue, load_task_file, resolve_file

Faults = Callable[..., list[str]]
Write = Callable[..., Path]


@pytest.mark.parametrize("name", ["_nowhere.yaml", ".", "a" * 300])
def test_missing_extends(name: str, faults: Faults) -> None:
    [found] = faults(("id: X1", f"id: X1\nextends: {name}"))
    assert found.startswith(f"3:1 MB301 extends {name!r}, which does not exist")


def test_a_file_that_extends_itself(faults: Faults) -> None:
    assert faults(("id: X1", "extends: X1.yaml\nid: X1")) == ["2:1 MB302 X1.yaml extends itself"]


def test_a_ring_of_files(write: Write) -> None:
    write(text="extends: X1.yaml\n", name="_b.yaml")
    with pytest.raises(SpecError) as caught:
        load_task_file(write(("id: X1", "id: X1\nextends: _b.yaml")))
    assert caught.value.code == "MB302"
    assert caught.value.where.endswith("_b.yaml:1:1")


def test_missing_reference(faults: Faults) -> None:
    assert faults(("id: X1", "id: X1\nreference: X1-paper.yaml")) == ["3:1 MB307 no file 'X1-paper.yaml'"]


def test_a_reference_stands_beside_the_file_that_names_it(write: Write) -> None:
    paper = write(text="schema: medbench.reference/1\nsource: A paper\n", name="shipped/paper.yaml")
    write(("id: X1", "id: X1\nreference: paper.yaml"), name="shipped/X1.yaml")
    mine = write(text="id: X2\nextends: ../shipped/X1.yaml\n", name="mine/X2.yaml")
    reference = load_task_file(mine).reference
    assert reference is not None and reference.resolve() == paper


def test_unknown_source(write: Write) -> None:
    file = write(("{source: oai, parts: [b]}", "oia, {source: most, parts: [b]}"))
    load_task_file(file)
    with pytest.raises(SpecError) as caught:
        Catalogue().task(str(file))
    assert caught.value.where == f"{file}:8:10"
    assert caught.value.message.startswith("no source 'oia'; did you mean 'oai'?")


@pytest.fixture
def folder(write: Write) -> Path:
    return write().parent


def _suite(folder: Path, tasks: str) -> None:
    (folder / "suites").mkdir()
    (folder / "suites" / "mine.yaml").write_text(
        f"schema: medbench.suite/1\nid: mine\ntitle: Mine\ntasks: {tasks}\n"
    )


def test_a_suite_shows_every_task_that_does_not_exist(folder: Path) -> None:
    _suite(folder, "[X1, T55, nejn, t5]")
    with pytest.raises(SpecError) as caught:
        Catalogue((folder,)).suite("mine")
    assert caught.value.where == f"{folder}/suites/mine.yaml:4:13"
    assert "'T55'" in str(caught.value) and "4:18 MB305 no task 'nejn'; did you mean 'NEJM'?" in str(
        caught.value
    )


def test_names_are_looked_up_case_blind(folder: Path) -> None:
    _suite(folder, "[X1, T1]")
    specs = Catalogue((folder,))
    assert (specs.task("x1").id, specs.suite("MINE")["id"], specs.source("OAI")["id"]) == (
        "X1",
        "mine",
        "oai",
    )
    for ask, said in ((specs.task, "'T5'"), (specs.suite, "'all'"), (specs.source, "'nejm'")):
        with pytest.raises(UsageError, match=said):
            ask({"'T5'": "T55", "'all'": "alll", "'nejm'": "nejn"}[said])


def test_a_name_twice_is_refused_even_in_another_case(folder: Path) -> None:
    (folder / "t1.yaml").write_text((folder / "X1.yaml").read_text())
    with pytest.raises(SpecError, match=r"T1\.yaml") as caught:
        _ = Catalogue((folder,)).task_files
    assert caught.value.code == "MB303"


def test_the_same_folder_twice_is_one(folder: Path) -> None:
    from medbench.spec import benchmarks_folder

    specs = Catalogue((folder, benchmarks_folder(), folder / "..", folder / "." / "suites" / "..", folder))
    assert "X1" in specs.task_files


def test_the_id_is_the_name_of_the_file(folder: Path) -> None:
    (folder / "X2.yaml").write_text((folder / "X1.yaml").read_text())
    with pytest.raises(SpecError) as caught:
        Catalogue((folder,)).task("X2")
    assert caught.value.code == "MB304"


@pytest.mark.parametrize(
    ("old", "new", "head"),
    [
        (
            "primary: roc_auc",
            "primary: f1_macro",
            "14:11 MB401 the primary metric 'f1_macro' is not reported",
        ),
        ("{source: oai, parts: [b]}", "oai", "6:1 MB402 oai is in train and test"),
        ("C: [0.1, 1]", "C: [1, 0.1]", "20:35 MB405 the grid of C does not rise"),
        ("C: [0.1, 1]", "C: [1, 1.0]", "20:35 MB405"),
    ],
)
def test_meaning(old: str, new: str, head: str, faults: Faults) -> None:
    [found] = faults((old, new))
    assert found.startswith(head)


@pytest.mark.parametrize(
    ("change", "head"),
    [
        ("strata: {edges: [0, 50, 50, 100]}", "4:10 MB403 strata edges do not rise"),
        ("strata: {edges: [10, 100]}", "4:10 MB403 strata cover 10 to 100 percent"),
        (
            "protocols: {standard: {rank_by: gredy-1}}",
            "4:24 MB404 ranks by 'gredy-1', which is no decoding; did you mean 'greedy-1'?",
        ),
    ],
)
def test_meaning_of_choice_tasks(change: str, head: str, faults: Faults) -> None:
    from medbench.spec import benchmarks_folder

    nejm = benchmarks_folder() / "NEJM.yaml"
    text = f"id: X1\nextends: {nejm}\n\n{change}\n"
    # a ruling of NEJM's speaks about the value that is changed here
    [found] = [line for line in faults(text=text) if "MB412" not in line]
    assert found.startswith(head)


def test_all_contradictions_together(faults: Faults) -> None:
    found = faults(("primary: roc_auc", "primary: f1_macro"), ("C: [0.1, 1]", "C: [1, 0.1]"))
    assert [line.split()[1] for line in found] == ["MB401", "MB405"]


def test_a_multilabel_task_has_no_f1(faults: Faults) -> None:
    found = faults(
        ("label: {", "label: {multilabel: true, "),
        ("primary: roc_auc, report: [", "primary: roc_auc_mean, report: [roc_auc_mean, f1_macro, "),
    )
    assert [line.split()[1] for line in found] == ["MB406"]
    assert "'f1_macro' names one class a row" in found[0]


def test_columns_of_the_predictions_are_taken(faults: Faults) -> None:
    found = faults(("title: A task", "title: A task\nreport_by: [source, label]"))
    assert [line.split()[1] for line in found] == ["MB407"]


def test_the_nearer_value_wins_and_lists_are_replaced_whole(write: Write) -> None:
    write()
    write(
        text="extends: X1.yaml\nimage: {max_side: 512}\ndata: {label: {classes: [a, b, c]}}\n", name="_b.yaml"
    )
    file = write(
        text="extends: _b.yaml\nid: X2\ndata: {label: {classes: {rule: r}}}\nimage: {max_side: 64}\n",
        name="X2.yaml",
    )
    resolved = resolve_file(file)
    assert resolved.value["data"]["label"] == {"column": "side", "classes": {"rule": "r"}}
    assert resolved.value["image"] == {"max_side": 64, "normalise": "none"}
    places = {path: str(origin).rpartition("/")[2] for path, origin in resolved.origins.items()}
    assert places["image", "max_side"] == "X2.yaml:4:9"
    assert places["image", "normalise"] == "X1.yaml:11:25"
    assert places["data", "label", "classes", "rule"] == "X2.yaml:3:26"
    assert places["data", "label", "column"] == "X1.yaml:9:11"
    assert ("data", "label", "classes", 0) not in places, "what was replaced has no origin left"


def test_every_value_of_the_nine_has_an_origin(task_file: Path) -> None:
    def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        return [path, *(found for key, item in items for found in paths(item, (*path, key)))]

    resolved = resolve_file(task_file)
    assert set(paths(resolved.value)) == set(resolved.origins)


def test_a_fault_in_what_is_extended_points_there(write: Write) -> None:
    write(("title: A task", "titel: A task"), name="_base.yaml")
    with pytest.raises(SpecError) as caught:
        load_task_file(write(text="extends: _base.yaml\nid: X2\n", name="X2.yaml"))
    assert caught.value.where.endswith("_base.yaml:4:1")
