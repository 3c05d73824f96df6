# ruff: noqa: E501 - a table of one fault a line
"""A task against the cards of its sources: options, columns, classes, groups; and against its own parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.errors import SpecError
from medbench.spec import Catalogue, benchmarks_folder

from .conftest import heads

Write = Callable[..., Path]
LOCAL = """\
schema: medbench.task/1
id: X1
extends: medbench:_probe.yaml
title: Mine
discipline: other
data:
  train: [mine]
  test: [mine]
  sources:
    mine: {reader: image-csv, table: t.csv, patient: p, lists: {findings: {separator: "|", column: f}}}
  label: {column: grade, classes: ["0", "1"]}
  split: {rule: by-group, group: patient, test_fraction: 0.3}
metrics: {primary: roc_auc, report: [roc_auc]}
"""


@pytest.fixture
def found(write: Write) -> Callable[..., list[str]]:
    """Faults of a spec, read with the catalogue's cards."""

    def _found(*changes: tuple[str, str], text: str) -> list[str]:
        file = write(*changes, text=text)
        with pytest.raises(SpecError) as caught:
            Catalogue().task(str(file))
        return heads(caught.value, file.parent)

    return _found


def _on(task: str, changes: str) -> str:
    return f"id: X1\nextends: {benchmarks_folder()}/{task}.yaml\n{changes}\n"


@pytest.mark.parametrize(
    ("task", "changes", "head"),
    [
        ("T6", "data: {options: {odir-5k: {levl: eye}}}", "3:28 MB310 odir-5k has no option 'levl'; did you mean 'level'?"),
        ("T6", "data: {options: {odir-5k: {level: eyes}}}", "3:28 MB310 option level of odir-5k is 'eyes'; it takes eye or patient; did you mean 'eye'?"),
        ("T6", "data: {options: {oai: {level: eye}}}", "3:18 MB310 options for 'oai', which this task does not read"),
        ("T8", "report_by: [sied]", "3:13 MB312 most has no column 'sied'; did you mean 'side'?"),
        ("T7", "data: {split: {eligible: {column: methods}}}", "3:27 MB312 padchest has no column 'methods'; did you mean 'method'?"),
        ("T2", "data: {split: {strata: [organ, malignancy]}}", "3:25 MB312 pannuke has no column 'organ'"),
        ("T4", "data: {split: {group: lesion}}", "3:16 MB313 siim-isic-2020 cannot be divided by lesion; its samples are grouped by patient"),
        ("T6", "data: {label: {classes: [none, referrable]}}", "3:32 MB311 class 'referrable' is no value of glaucoma in airogs, odir-5k; did you mean 'referable'?"),
        ("T4", "data: {label: {classes: [benign, malignant, other]}}", "3:45 MB311 class 'other' is no value of melanoma"),
        ("T5", "data: {label: {classes: [none, mild, moderate, severe]}}", "3:16 MB311 grade is also 'proliferative' in eyepacs-2015"),
        ("NEJM", "strata: {column: reader_shares}", "3:10 MB312 nejm has no column 'reader_shares'; did you mean 'reader_share'?"),
        ("T1", "prompt: {wording: generl}", "3:10 MB315 no wording 'generl' in prompt.wordings; did you mean 'general'?"),
        ("T1", "protocols: {paper: {wording: generl}}", "3:21 MB315 no wording 'generl'"),
    ],
)  # fmt: skip
def test_names_that_a_source_does_not_have(
    task: str, changes: str, head: str, found: Callable[..., list[str]]
) -> None:
    lines = [line for line in found(text=_on(task, changes)) if "MB412" not in line]
    assert any(line.startswith(head) for line in lines)


def test_published_scores_of_what_is_not_reported(write: Write) -> None:
    rows = [
        '{metric: roc_auc_men, label: null, model: M, value: 0.5, printed: "0.5", where: here}',
        '{metric: roc_auc, label: sever, model: M, value: 0.5, printed: "0.5", where: here}',
    ]
    lines = "".join(f"  - {row}\n" for row in rows)
    write(text=f"schema: medbench.reference/1\nsource: A paper\nrows:\n{lines}", name="r.yaml")
    file = write(text=_on("T5", "reference: r.yaml"))
    with pytest.raises(SpecError) as caught:
        Catalogue().task(str(file))
    assert [line.rpartition("r.yaml:")[2] for line in str(caught.value).splitlines() if "MB314" in line] == [
        "4:6: MB314 the task does not report 'roc_auc_men'; did you mean 'roc_auc_mean'?",
        "5:23 MB314 the task has no class 'sever'; did you mean 'severe'?",
    ]


def test_a_data_set_of_ones_own(write: Write) -> None:
    task = Catalogue().task(str(write(text=LOCAL)))
    [local] = task.data.local.values()
    assert (local.id, local.reader, local.home) == ("mine", "image-csv", task.file.parent)
    assert local.settings["image"] == "image" and "" in local.settings["missing"]
    card = Catalogue().cards(task)["mine"]
    assert (card["egress"], card["publish"], card["group_unit"]) == ("forbidden", "none", "patient")


def test_a_local_source_declared_in_an_extended_file_lies_there(write: Write) -> None:
    write(text=LOCAL, name="shared/_mine.yaml")
    task = Catalogue().task(str(write(text="extends: shared/_mine.yaml\nid: X2\n", name="X2.yaml")))
    assert task.data.local["mine"].home == task.file.parent / "shared"


@pytest.mark.parametrize(
    ("old", "new", "head"),
    [
        ("    mine:", "    oai:", "7:11 MB306 no source 'mine'"),
        ("train: [mine]", "train: [oai]", "11:26 MB311 grade is also 'no', 'doubtful'"),
        ("  test: [mine]\n", "  test: [{source: mine, parts: [test]}]\n", "8:25 MB414 mine has no parts"),
        ("column: grade, ", "column: grade, multilabel: true, ", "11:11 MB406 mine has no list 'grade'"),
        ("table: t.csv, ", "", "10:5 MB202 missing key 'table'"),
        ("table: t.csv", "table: t.csv, levels: [a]", "10:45 MB206 data.sources.mine.levels has no meaning here"),
    ],
)  # fmt: skip
def test_declarations_that_contradict_themselves(
    old: str, new: str, head: str, found: Callable[..., list[str]]
) -> None:
    assert found((old, new), text=LOCAL)[0].startswith(head)


def test_the_id_of_a_provider_is_taken(found: Callable[..., list[str]]) -> None:
    text = LOCAL.replace("mine", "oai")
    assert found(text=text)[0].startswith("10:5 MB309 'oai' is one of medbench's sources")


def test_a_declaration_that_nobody_reads(found: Callable[..., list[str]]) -> None:
    extra = "    other: {reader: image-folder, levels: [grade]}\n  label:"
    assert "MB309 'other' is declared and never used" in found(("  label:", extra), text=LOCAL)[0]
