"""Cohorts from a spec file and a folder of one's own: what the task says is held against what is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from medbench.cohort import Cohort, prepare_cohort, source_states
from medbench.cohort.build import build_cohort
from medbench.cohort.labels import check_classes
from medbench.cohort.place import Placed
from medbench.cohort.source import SAMPLE_MARK, SourceRow
from medbench.errors import DataError, SpecError
from medbench.spec import Catalogue, Task

CSV = {"reader": "image-csv", "table": "labels.csv", "folder": "images", "patient": "patient"}
DATA: Mapping[str, Any] = {
    "sources": {"mine": CSV},
    "train": ["mine"],
    "test": ["mine"],
    "split": {"rule": "by-group", "group": "patient", "test_fraction": 0.3},
    "label": {"column": "grade", "classes": ["low", "high"]},
}
PARTS = {
    "train": [{"source": "mine", "parts": ["train"]}],
    "test": [{"source": "mine", "parts": ["test"]}],
    "split": None,
}


@pytest.fixture
def own(make, tmp_path):
    """``own(rows, data)`` writes a table with images and a task over them, and loads the task."""

    def write(rows: list[str] | None = None, top: Mapping[str, Any] = {}, **data: Any) -> Task:
        lines = ["image,patient,part,grade,site", *(_rows() if rows is None else rows)]
        make("labels.csv", "\n".join(lines) + "\n")
        for line in lines[1:]:
            make(f"images/{line.partition(',')[0]}")
        merged = {key: value for key, value in {**DATA, **data}.items() if value is not None}
        metrics = {"primary": "roc_auc_mean", "report": ["roc_auc_mean"]}
        spec = {
            "schema": "medbench.task/1",
            "id": "Own",
            "extends": "medbench:_probe.yaml",
            "title": "mine",
            "discipline": "other",
            "data": merged,
            "metrics": metrics,
            **top,
        }
        with (tmp_path / "Own.yaml").open("w") as file:
            YAML(typ="safe").dump(spec, file)
        return Catalogue((tmp_path,)).task("Own")

    return write


def _rows(patients: int = 10) -> list[str]:
    """Two images a patient; the patients of the last third are the test part."""
    return [
        f"i{p}{side}.png,p{p},{'test' if p * 3 >= patients * 2 else 'train'},{('low', 'high')[p % 2]},"
        f"{'AB'[side]}"
        for p in range(patients)
        for side in (0, 1)
    ]


def _build(task: Task, **options: Any) -> Cohort:
    states = source_states(task.data, None)
    assert {state.lack for state in states} == {""}
    return build_cohort(task, {state.source: state.root for state in states}, **options)


def _refused(task: Task, code: str, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        _build(task, **options)
    assert caught.value.code == code, caught.value
    return caught.value


def test_a_task_beside_its_data_needs_no_data_root(own):
    cohort = _build(own())
    assert cohort.counts() == {"train": {"rows": 14, "groups": 7}, "test": {"rows": 6, "groups": 3}}
    assert (cohort.group_unit, cohort.classes) == ("patient", ("low", "high"))
    assert (cohort.synthetic, cohort.deviations, dict(cohort.expected)) == (False, (), {})


@pytest.fixture
def parted(own):
    """A task whose split column decides."""

    def write(rows: list[str] | None = None, **data: Any) -> Task:
        return own(rows, sources={"mine": {**CSV, "split": "part"}}, **{**PARTS, **data})

    return write


def test_the_split_column_chooses_the_parts(parted):
    tested = {row.images[0].path for row in _build(parted()).split("test")}
    assert tested == {f"images/i{p}{side}.png" for p in range(7, 10) for side in (0, 1)}


def test_a_patient_in_both_parts_is_a_leak(parted):
    rows = _rows()
    rows[1] = rows[1].replace("train", "test")
    fault = _refused(parted(rows), "MB632")
    assert "labels.csv, row 2 and labels.csv, row 3" in fault.message and "more" not in fault.message
    rows[2] = rows[2].replace("train", "test")
    assert "and 1 more" in _refused(parted(rows), "MB632").message


def test_a_stratified_split_that_cuts_a_patient_is_a_leak(own):
    split = {"rule": "stratified", "train_fraction": 0.5, "strata": ["grade"]}
    assert "by-group" in _refused(own(split=split), "MB632").hint


def test_a_leak_of_rows_that_are_not_used_is_none(parted):
    rows = [*_rows(), "x.png,p0,validation,low,A", "y.png,p0,test,NA,A"]
    cohort = _build(parted(rows))
    assert len(cohort.rows) == 20 and cohort.exclusions == {"mine": {"no label": 1}}


def test_parts_that_are_not_there_are_named(parted):
    test = [{"source": "mine", "parts": ["tests"]}]
    assert _refused(parted(test=test), "MB636").hint == "did you mean 'test'?"


@pytest.mark.parametrize("group", ["lesion", "image"])
def test_a_split_by_another_group_is_refused(group, own):
    with pytest.raises(SpecError, match=r"MB313 mine cannot be divided by .* grouped by patient"):
        own(split={"rule": "by-group", "group": group, "test_fraction": 0.3})


def test_a_source_that_is_not_divided_may_have_another_group(own, make):
    make("more.csv", "image,grade\nm.png,low\n"), make("images/m.png")
    more = {"reader": "image-csv", "table": "more.csv", "folder": "images"}
    cohort = _build(own(sources={"mine": CSV, "more": more}, test=["mine", "more"]))
    assert cohort.counts()["test"]["rows"] == 7 and cohort.group_unit == "image"


def test_a_split_by_patient_needs_patients(own):
    source = {key: value for key, value in CSV.items() if key != "patient"}
    with pytest.raises(SpecError, match=r"MB313 .* grouped by image; say group: image"):
        own(sources={"mine": source})
    split = {"rule": "by-group", "group": "image", "test_fraction": 0.3}
    assert _build(own(sources={"mine": source}, split=split)).group_unit == "image"


SPLIT = DATA["split"]


@pytest.mark.parametrize(
    ("top", "data"),
    [
        ({"report_by": ["sitte"]}, {}),
        ({}, {"label": {"column": "sitte", "classes": ["low", "high"]}}),
        ({}, {"split": {**SPLIT, "eligible": {"column": "sitte", "equals": "A"}}}),
        ({}, {"split": {"rule": "stratified", "train_fraction": 0.5, "strata": ["sitte"]}}),
    ],
    ids=["report_by", "label", "eligible", "strata"],
)
def test_a_column_that_is_not_there_is_named_with_the_nearest(top, data, own):
    fault = _refused(own(top=top, **data), "MB602")
    assert fault.hint == "did you mean 'site'?" and fault.where.startswith("Own: ")


@pytest.mark.parametrize("column", ["patient", "image", "alias"])
def test_patients_and_file_names_never_reach_a_record(column, own):
    lists = {"alias": {"column": "patient"}}
    with pytest.raises(SpecError, match=f"MB417 '{column}' of mine tells people or images apart"):
        own(sources={"mine": {**CSV, "lists": lists}}, top={"report_by": [column]})


def test_a_folder_of_patients_is_no_subgroup(own):
    source = {"reader": "image-folder", "folder": "tiles", "levels": ["patient", "grade"]}
    with pytest.raises(SpecError, match="MB417 'patient' of mine"):
        own(sources={"mine": source}, top={"report_by": ["patient"]})


def test_report_by_columns_are_kept(own):
    cohort = _build(own(top={"report_by": ["source", "site"]}))
    assert {row.columns["site"] for row in cohort.rows} == {"A", "B"}


def test_a_label_that_is_no_class_names_its_row(own):
    rows = _rows()
    rows[4] = rows[4].replace("low", "lwo")
    fault = _refused(own(rows), "MB611")
    assert (fault.where, fault.hint) == ("Own: labels.csv, row 6", "did you mean 'low'?")


def test_a_class_that_no_row_has_is_a_slip(own):
    label = {"column": "grade", "classes": ["low", "high", "hihg"]}
    assert "'hihg'" in _refused(own(label=label), "MB639").message


def test_a_providers_classes_may_be_absent():
    row = SourceRow("i", (), "all", "p", {"grade": "none"})
    task = Catalogue().task("T5")
    check_classes(task, [Placed("eyepacs-2015", row, "test")], task.data.label.classes)


def test_rows_without_a_label_are_counted(own):
    rows = [*_rows(), "x.png,p0,train,NA,A"]
    cohort = _build(own(rows))
    assert len(cohort.rows) == 20 and cohort.exclusions == {"mine": {"no label": 1}}


LISTS = {"findings": {"column": "grade", "separator": " "}}
MULTI = {"column": "findings", "multilabel": True, "classes": ["low", "high"]}


def test_several_labels_a_row(own):
    rows = [*(row.replace(",low,", ",low other,") for row in _rows()), "x.png,p0,train,?,A"]
    cohort = _build(own(rows, sources={"mine": {**CSV, "lists": LISTS}}, label=MULTI))
    assert cohort.multilabel and {row.label for row in cohort.rows} == {(1, 0), (0, 1)}
    assert cohort.exclusions == {"mine": {"no label": 1}}


def test_a_label_misspelt_in_the_spec_is_no_negative(own):
    label = {**MULTI, "classes": ["low", "hgih"]}
    fault = _refused(own(sources={"mine": {**CSV, "lists": LISTS}}, label=label), "MB639")
    assert fault.hint == "did you mean 'high'?"


def test_a_list_is_no_single_label(own):
    label = {"column": "findings", "classes": ["low", "high"]}
    with pytest.raises(SpecError, match=r"MB406.*add multilabel: true"):
        own(sources={"mine": {**CSV, "lists": LISTS}}, label=label)


def test_missing_images_are_a_partial_source(own, tmp_path):
    task = own()
    (tmp_path / "images" / "i01.png").unlink()
    assert "first: labels.csv, row 3" in _refused(task, "MB610").message
    cohort = _build(task, allow_missing=True)
    assert len(cohort.rows) == 19 and cohort.deviations == ("partial source mine: 1 of 20 images missing",)


def test_a_wrong_image_folder_says_so_at_once(own):
    fault = _refused(own(sources={"mine": {**CSV, "folder": "pictures"}}), "MB634", allow_missing=True)
    assert "20 images not there" in fault.message and "pictures" in fault.hint


def test_folders_as_labels(make, tmp_path, own):
    for number in range(20):
        make(f"tiles/p{number // 2}/{('low', 'high')[number % 2]}/t{number}.png")
    source = {"reader": "image-folder", "folder": "tiles", "levels": ["patient", "grade"]}
    cohort = _build(own(sources={"mine": source}))
    assert cohort.counts()["test"] == {"rows": 6, "groups": 3} and cohort.group_unit == "patient"
    empty = {"reader": "image-folder", "folder": "tiles", "levels": ["grade"]}
    split = {"rule": "by-group", "group": "image", "test_fraction": 0.3}
    assert "20 not 1 folders deep" in _refused(own(sources={"mine": empty}, split=split), "MB634").message


def test_a_stated_count_is_still_compared(own):
    expected = {"train": 13, "test": 6}
    assert "13 expected" in _refused(own(expected=expected), "MB613").message


# Where the data is.


def test_the_folder_of_a_source(own, tmp_path):
    task, root, other = own(), tmp_path / "root", tmp_path / "other"
    other.mkdir(), root.mkdir()

    def roots(*args: Any) -> list[Path | None]:
        return [state.root for state in source_states(task.data, *args)]

    assert roots(None) == roots(root) == [tmp_path]
    (root / "mine").mkdir()
    assert roots(root) == [root / "mine"]
    assert roots(root, {"mine": other}) == roots(None, {"mine": other}) == [other]
    (state,) = source_states(task.data, None, {"mine": tmp_path / "no"})
    assert str(tmp_path / "no") in state.lack


def test_a_provider_is_not_looked_for_beside_the_spec(tmp_path):
    data = Catalogue().task("T1").data
    assert {state.root for state in source_states(data, None)} == {None}
    first = data.sources[0]
    states = source_states(data, tmp_path, {first: tmp_path / "x"})
    assert {state.source: state.root for state in states} == {
        source: tmp_path / ("x" if source == first else source) for source in data.sources
    }


@pytest.mark.parametrize(
    ("key", "path"), [("table", "../labels.csv"), ("folder", "/etc"), ("table", "C:\\x")]
)
def test_a_declaration_that_leads_out_is_refused(key, path, own):
    with pytest.raises(SpecError, match="MB416"):
        own(sources={"mine": {**CSV, key: path}})


def test_the_mark_of_a_sample_counts_beside_the_spec(own, tmp_path):
    (tmp_path / SAMPLE_MARK).write_text("{}")
    assert _build(own()).synthetic


# The cache.


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever a cohort is built, and not read from the cache."""
    from medbench.cohort import files

    calls: list[str] = []

    def spy(task: Task, *args: Any) -> Cohort:
        calls.append(task.id)
        return build_cohort(task, *args)

    monkeypatch.setattr(files, "build_cohort", spy)
    return calls


@pytest.mark.parametrize("folder", ["images", "."])
def test_a_run_beside_the_spec_does_not_change_the_cohort(folder, own, built, make, tmp_path):
    task = own(sources={"mine": {**CSV, "folder": folder}})
    if folder == ".":
        for image in (tmp_path / "images").iterdir():
            image.rename(tmp_path / image.name)
    roots = {"mine": tmp_path}
    first = prepare_cohort(task, roots, tmp_path / "cache")
    make("runs/plan.json", "{}"), make("notes.txt", "x"), make(".git/x.png")
    assert prepare_cohort(task, roots, tmp_path / "cache") == first
    assert len(built) == 1


@pytest.mark.parametrize("name", ["labels.csv", "images/i00.png", "images/001", SAMPLE_MARK])
def test_what_the_cohort_is_made_of_makes_it_again(name, own, built, tmp_path):
    task = own()
    prepare_cohort(task, {"mine": tmp_path}, tmp_path / "cache")
    (tmp_path / name).touch()
    os.utime(tmp_path / name, ns=(1, 1))
    prepare_cohort(task, {"mine": tmp_path}, tmp_path / "cache")
    assert len(built) == 2
