"""Cohorts from the sample data and from tables made by hand: splits, labels, order, keys, refusals."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from medbench.cohort import Cohort, ImageRef, SourceRow, SourceTable, build
from medbench.cohort.build import build_cohort
from medbench.cohort.source import SAMPLE_MARK
from medbench.cohort.sources import reader
from medbench.errors import DataError
from medbench.spec import Catalogue, Label, SourcePart, Split, Task

PROBES = [f"T{i}" for i in range(1, 9)]


@pytest.fixture(scope="module")
def cohorts(sample_root: Path) -> Mapping[str, Cohort]:
    tasks = map(Catalogue().task, [*PROBES, "NEJM"])
    return {task.id: build_cohort(task, {s: sample_root / s for s in task.data.sources}) for task in tasks}


@pytest.fixture(scope="module")
def group_of(sample_root: Path) -> Mapping[tuple[str, ImageRef], str]:
    """The provider's own group of every image of the sample data."""
    sources = {source for name in PROBES for source in Catalogue().task(name).data.sources}
    return {
        (source, image): row.group
        for source in sources
        for row in reader(source).read(sample_root / source, {}).rows
        for image in row.images
    }


@pytest.mark.parametrize("name", PROBES)
def test_train_and_test_share_no_group_and_no_image(name: str, cohorts, group_of) -> None:
    cohort = cohorts[name]
    sides = {
        split: {(row.source, group_of[row.source, row.images[0]]) for row in cohort.split(split)}
        for split in ("train", "test")
    }
    assert sides["train"] and sides["test"]
    assert sides["train"].isdisjoint(sides["test"])
    images = [(row.source, image) for row in cohort.rows for image in row.images]
    assert len(set(images)) == len(images)
    for split, groups in sides.items():
        assert cohort.counts()[split]["groups"] == len(groups)


@pytest.mark.parametrize("name", [*PROBES, "NEJM"])
def test_numbers_run_and_sources_are_in_order(name: str, cohorts) -> None:
    cohort = cohorts[name]
    for split in dict.fromkeys(row.split for row in cohort.rows):
        rows = cohort.split(split)
        assert [row.number for row in rows] == list(range(len(rows)))
        assert [row.source for row in rows] == sorted(row.source for row in rows)
        groups = list(dict.fromkeys(row.group for row in rows))
        assert groups == list(range(len(groups))), "groups are numbered as they come"
        assert len({row.group for row in rows}) == len({(row.source, row.group) for row in rows})


@pytest.mark.parametrize("name", PROBES)
def test_every_class_is_on_both_sides(name: str, cohorts) -> None:
    cohort = cohorts[name]
    assert cohort.synthetic and cohort.deviations == ()
    for split in ("train", "test"):
        labels = [row.label for row in cohort.split(split)]
        if cohort.multilabel:
            assert all(0 < sum(column) < len(labels) for column in zip(*labels, strict=True))
        else:
            assert set(labels) == set(range(len(cohort.classes)))


def test_the_multilabel_rule_counts_test_positives(cohorts) -> None:
    cohort = cohorts["T7"]
    assert cohort.multilabel and list(cohort.classes) == sorted(cohort.classes)
    positives = [sum(column) for column in zip(*(row.label for row in cohort.split("test")), strict=True)]
    assert len(positives) == len(cohort.classes) and min(positives) > 50


@pytest.mark.parametrize(
    ("name", "unit"),
    [("T1", "image"), ("T8", "patient"), ("T4", "patient"), ("T5", "image"), ("NEJM", "case")],
)
def test_the_unit_of_resampling(name: str, unit: str, cohorts) -> None:
    assert cohorts[name].group_unit == unit


def test_exemplars_are_the_two_earliest_and_late_cases_are_left_out(cohorts, sample_root: Path) -> None:
    task, cohort = Catalogue().task("NEJM"), cohorts["NEJM"]
    table = reader("nejm").read(sample_root / "nejm", {})
    in_time = sorted((row for row in table.rows if row.sample <= task.data.until), key=lambda row: row.sample)
    late = len(table.rows) - len(in_time)
    assert late > 0
    assert [row.images for row in cohort.split("exemplar")] == [row.images for row in in_time[:2]]
    assert [row.images for row in cohort.split("test")] == [row.images for row in in_time[2:]]
    assert cohort.exclusions["nejm"][f"after {task.data.until}"] == late
    first = cohort.split("test")[0]
    assert first.columns["options"] == in_time[2].values["options"]
    assert first.label == in_time[2].values["answer"]
    assert set(first.columns) == {"question", "options", "reader_share"}


# Tables made by hand: two sources, several images a patient.


def _row(sample: str, group: str, label: Any, part: str = "all", **more: Any) -> SourceRow:
    return SourceRow(sample, (ImageRef(f"{sample}.png"),), part, group, {"grade": label, **more})


ROWS = [_row(f"i{k:02d}", f"p{k // 2}", "ab"[k % 2]) for k in range(40)]
OTHER = [_row(f"i{k:02d}", f"p{k // 2}", "ba"[k % 2]) for k in range(10)]
SPLIT = Split("by-group", 0.25, "floor", 1)
EXPECTED = {"train": 30, "test": 20, "tolerance": "exact"}


def _task(**changes: Any) -> Task:
    base = Catalogue().task("T5")
    data = replace(
        base.data,
        train=(SourcePart("one"),),
        test=(SourcePart("one"), SourcePart("two")),
        options={},
        expected=EXPECTED,
        label=Label("grade", ("a", "b")),
        split=SPLIT,
    )
    return replace(base, id="X", report_by=("source",), data=replace(data, **changes))


@pytest.fixture
def build_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Builds a cohort from rows by source."""

    def run(
        task: Task,
        tables: Mapping[str, Sequence[SourceRow]],
        missing: int = 0,
        allow: bool = False,
        mark: bool = False,
    ) -> Cohort:
        for source in tables:
            (tmp_path / source).mkdir(exist_ok=True)
            if mark:
                (tmp_path / source / SAMPLE_MARK).write_text("{}")
        made = {
            source: SourceTable(source, tuple(rows), "patient", {}, missing if source == "one" else 0)
            for source, rows in tables.items()
        }
        monkeypatch.setattr(
            build, "reader", lambda source: SimpleNamespace(read=lambda root, options: made[source])
        )
        return build_cohort(task, {source: tmp_path / source for source in tables}, allow)

    return run


def _both(
    one: Sequence[SourceRow] = ROWS, two: Sequence[SourceRow] = OTHER
) -> dict[str, Sequence[SourceRow]]:
    return {"two": two, "one": one}


def test_the_order_of_rows_and_sources_does_not_matter(build_from) -> None:
    first = build_from(_task(), _both())
    assert build_from(_task(), dict(reversed(_both(ROWS[::-1], OTHER[::-1]).items()))) == first
    assert (first.counts()["train"], first.counts()["test"]) == (
        {"rows": 30, "groups": 15},
        {"rows": 20, "groups": 10},
    )
    assert [row.source for row in first.split("test")] == ["one"] * 10 + ["two"] * 10
    assert not first.synthetic


def test_the_same_patient_number_in_two_sources_is_two_patients(build_from) -> None:
    test = build_from(_task(), _both()).split("test")
    by_source = {s: {row.group for row in test if row.source == s} for s in ("one", "two")}
    assert by_source["one"].isdisjoint(by_source["two"])


def _renamed(rows: Sequence[SourceRow]) -> list[SourceRow]:
    return [
        replace(row, sample=f"x-{row.sample}", group=f"y-{row.group}", images=(ImageRef("z"),))
        for row in rows
    ]


def test_the_resample_key_is_of_test_labels_and_groups_alone(build_from) -> None:
    task = _task(train=(SourcePart("one"),), test=(SourcePart("two"),), split=None, expected={})
    base = build_from(task, _both())
    other_train = build_from(task, _both(one=ROWS[:10]))
    other_ids = build_from(task, _both(two=_renamed(OTHER)))
    assert base.resample_key == other_train.resample_key == other_ids.resample_key
    assert len({base.digest, other_train.digest, other_ids.digest}) == 3
    relabelled = [replace(OTHER[0], values={"grade": "a"}), *OTHER[1:]]
    regrouped = [replace(OTHER[1], group="p99"), *(row for i, row in enumerate(OTHER) if i != 1)]
    changed = [build_from(task, _both(two=rows)) for rows in (relabelled, regrouped, OTHER[:-1])]
    renamed_task = build_from(replace(task, id="Y"), _both())
    keys = {cohort.resample_key for cohort in (base, *changed, renamed_task)}
    assert len(keys) == 5


def test_rows_without_a_label_are_counted(build_from) -> None:
    cohort = build_from(_task(expected={}), _both(two=[*OTHER, _row("zz", "p9", None)]))
    assert cohort.exclusions == {"one": {}, "two": {"no label": 1}}


def test_parts_of_a_source(build_from) -> None:
    rows = [replace(row, part="train" if i < 30 else "test") for i, row in enumerate(ROWS)]
    task = _task(train=(SourcePart("one", ("train",)),), test=(SourcePart("one", ("test",)),), split=None)
    cohort = build_from(replace(task, data=replace(task.data, expected={})), {"one": rows})
    assert (len(cohort.split("train")), len(cohort.split("test"))) == (30, 10)


def test_several_labels_chosen_by_their_test_positives(build_from) -> None:
    def labelled(rows):
        sets = [("common", "rare") if i == 0 else ("common",) if i % 2 else () for i in range(len(rows))]
        return [replace(row, values={"grade": found}) for row, found in zip(rows, sets, strict=True)]

    task = _task(
        test=(SourcePart("two"),), split=None, expected={},
        label=Label("grade", (), multilabel=True, more_than=1),
    )  # fmt: skip
    cohort = build_from(task, _both(labelled(ROWS), labelled(OTHER)))
    assert cohort.classes == ("common",)
    assert Counter(row.label for row in cohort.split("test")) == {(1,): 6, (0,): 4}
    none = replace(task, data=replace(task.data, label=Label("grade", (), multilabel=True, more_than=99)))
    with pytest.raises(DataError) as caught:
        build_from(none, _both(labelled(ROWS), labelled(OTHER)))
    assert caught.value.code == "MB612"


@pytest.mark.parametrize(
    ("changes", "tables", "code", "said"),
    [
        ({}, _both(two=[*OTHER, _row("zz", "p9", "c")]), "MB611", "'c' in two, not one of a, b"),
        ({}, _both(one=[]), "MB612", "the train part is empty"),
        ({"split": replace(SPLIT, fraction=0.01)}, _both(two=[]), "MB612", "the test part is empty"),
        ({"expected": {**EXPECTED, "test": 21}}, _both(), "MB613", "test: 20 found, 21 expected"),
    ],
    ids=["unknown class", "empty train", "empty test", "counts"],
)
def test_refused(changes, tables, code: str, said: str, build_from) -> None:
    with pytest.raises(DataError, match=said) as caught:
        build_from(_task(**changes), tables)
    assert caught.value.code == code


def test_other_counts_can_be_accepted_and_synthetic_data_has_its_own(build_from) -> None:
    task = _task(expected={**EXPECTED, "test": 21})
    assert build_from(task, _both(), allow=True).deviations == (
        "counts differ (test: 20 found, 21 expected)",
    )
    synthetic = build_from(task, _both(), mark=True)
    assert (synthetic.synthetic, synthetic.deviations) == (True, ())


def test_a_partial_source(build_from) -> None:
    with pytest.raises(DataError, match="one: 3 of 43 images") as caught:
        build_from(_task(), _both(), missing=3)
    assert (caught.value.code, "--allow-missing" in caught.value.hint) == ("MB610", True)
    allowed = build_from(_task(), _both(), missing=3, allow=True)
    assert allowed.deviations == ("partial source one: 3 of 43 images missing",)


def test_a_cohort_holds_no_id(cohorts, sample_root: Path) -> None:
    """Images are named for the reader; nothing else of a row is the provider's."""
    for cohort in cohorts.values():
        for row in cohort.rows[::50]:
            values = {k: v for k, v in row.columns.items() if k not in ("question", "options")}
            kept = json.dumps([row.split, row.number, row.source, row.group, row.label, values])
            assert Path(row.images[0].path).stem not in kept
