"""Readers of PadChest, OAI and MOST."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from medbench.cohort.sources import most, oai, padchest
from medbench.cohort.sources.kellgren import grade_name
from medbench.errors import DataError


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("['normal']", ("normal",)),
        ("['cardiomegaly', ' pleural effusion', '']", ("cardiomegaly", "pleural effusion")),
        ("['mass', 'mass ', ' breast mass']", ("mass", "breast mass")),
        ("[]", ()),
        ("nan", None),
        ("", None),
    ],
)
def test_padchest_label_texts(text, labels):
    assert padchest.findings_of(text) == labels


@pytest.mark.parametrize("text", ["__import__('os').getcwd()", "['a', 1]", "('a',)", "['a'"])
def test_padchest_labels_are_never_run_and_never_guessed(text):
    with pytest.raises(DataError) as caught:
        padchest.findings_of(text)
    assert caught.value.code == "MB604"


def test_padchest_sample_has_the_provider_s_quirks(sample_root):
    root = sample_root / "padchest"
    with (root / padchest.STEM).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows[0]) == 36
    assert sum(row["Labels"] == "nan" for row in rows) == 3
    assert sum("' " in row["Labels"].replace("', ", "") for row in rows) > 50, "leading blanks"
    assert all("\n" in row["labelCUIS"] for row in rows)
    table = padchest.read(root, {})
    assert table.exclusions["no labels"] == 3
    assert all(label == label.strip() and label for row in table.rows for label in row.values["findings"])
    assert all(len(row.group) == 37 for row in table.rows)


def test_padchest_physician_patients_keep_only_those_rows(sample_root):
    table = padchest.read(sample_root / "padchest", {"cohort": "paper"})
    methods: dict[str, set[object]] = {}
    for row in table.rows:
        methods.setdefault(row.group, set()).add(row.values["method"])
    assert all(len(found) == 1 for found in methods.values())
    assert table.exclusions["automatic labels of a patient with physician's labels"] == 12
    every = padchest.read(sample_root / "padchest", {"cohort": "frontal"})
    assert len(every.rows) == len(table.rows) + 12
    assert {row.values["projection"] for row in every.rows} == {"PA", "AP", "AP_horizontal"}


def padchest_table(*rows):
    head = "ImageID,ImageDir,PatientID,PatientSex_DICOM,Projection,MethodLabel,Labels\n"
    return head + "".join(f"{row}\n" for row in rows)


def test_padchest_flat_folder_missing_and_truncated_files(make, tmp_path):
    names = ["9_aaaaaa.png", "9_bbbbbb.png", "9_cccccc.png"]
    patient = "0012345678901234567890123456789012345"
    rows = [f"{name},7,{patient},M,PA,Physician,\"['normal']\"" for name in names]
    make(padchest.STEM, padchest_table(*rows))
    make(names[0])
    cut = make(names[1])
    cut.write_bytes(cut.read_bytes()[:-20])
    table = padchest.read(tmp_path, {})
    assert [(row.sample, row.group) for row in table.rows] == [(names[0], patient)]
    assert (table.missing_files, table.exclusions) == (1, {"truncated image file": 1})


@pytest.mark.parametrize(("made", "ending"), [("jpg", "jpg"), ("jpg", "png"), ("tif", "tif")])
def test_padchest_end_of_file_is_asked_of_png_files_only(make, tmp_path, made, ending):
    names = ["9_aaaaaa", "9_bbbbbb", "9_cccccc"]
    rows = [f"{name}.png,7,P{name},M,PA,Physician,\"['normal']\"" for name in names]
    make(padchest.STEM, padchest_table(*rows))
    for name in names[:2]:
        make(f"7/{name}.{made}").rename(tmp_path / f"7/{name}.{ending}")
    tail = make(f"7/{names[2]}.png")
    tail.write_bytes(tail.read_bytes() + b"\n" * 999)
    table = padchest.read(tmp_path, {})
    assert (len(table.rows), table.exclusions) == (3, {})


def test_padchest_folder_kept_as_a_number_and_links_that_lead_nowhere(make, tmp_path):
    names = ["9_aaaaaa.png", "9_bbbbbb.png"]
    rows = [f"{name},7.0,P1,M,PA,Physician,\"['normal']\"" for name in names]
    make(padchest.STEM, padchest_table(*rows))
    make(f"7/{names[0]}")
    (tmp_path / "7" / names[1]).symlink_to(tmp_path / "annexed")
    table = padchest.read(tmp_path, {})
    assert [row.images[0].path for row in table.rows] == [f"7/{names[0]}"]
    assert (table.missing_files, table.exclusions) == (1, {})


def test_oai_precedence_missing_and_leading_zeros(sample_root):
    table = oai.read(sample_root / "oai", {})
    assert table.exclusions == {"no Kellgren-Lawrence grade 0 to 4": 13}
    assert {row.values["visit"] for row in table.rows} == {"V00", "V03"}
    assert all(row.images[0].path.split("_")[1].startswith("01669") for row in table.rows)
    assert max(Counter(row.group for row in table.rows).values()) == 4


def test_oai_classic_rows(make, tmp_path):
    make(
        "kxr_sq_bu00.txt",
        "ID|SIDE|READPRJ|VERSION|V00BARCDBU|V00XRKL\n"
        "9900001|1: Right|42|0.6|016699990001|4\n"
        "9900001|1: Right|15|0.6|016699990001|2: Minimal\n"
        "9900001|2: Left|15|0.6|016699990001|.: Missing Form/Incomplete Workbook\n"
        "9900001|2: Left|37|0.6|016699990001|3\n"
        "9900002|1|15|0.6|016699990002|.\n",
    )
    for side in "rl":
        make(f"crops/9900001_016699990001_20040315_{side}.png")
    table = oai.read(tmp_path, {})
    grades = {row.values["side"]: row.values["grade"] for row in table.rows}
    assert grades == {"right": "mild", "left": "moderate"}
    assert table.exclusions == {"no Kellgren-Lawrence grade 0 to 4": 1}


def write_knees(make, root, name):
    for visit in ("00", "03"):
        rows = "".join(
            f"990000{person}|{side}|15|01669{visit}0000{person}|{(person + side) % 5}\n"
            for person in range(1, 6)
            for side in (1, 2)
        )
        make(f"{root}/kxr_sq_bu{visit}.txt", f"ID|SIDE|READPRJ|V{visit}BARCDBU|V{visit}XRKL\n{rows}")
        for person in range(1, 6):
            for side in "rl":
                film = f"01669{visit}0000{person}".zfill(12)
                make(f"{root}/crops/{name(person, film, visit, side)}.png")


def test_oai_samples_do_not_depend_on_the_names_of_the_crops(make, tmp_path):
    write_knees(make, "a", lambda person, film, visit, side: f"990000{person}_{film}_2004_{side}")
    write_knees(make, "b", lambda person, film, visit, side: f"990000{person}_v{visit}_{side.upper()}")
    first, second = (oai.read(tmp_path / name, {}).rows for name in "ab")
    assert len(first) == 20
    assert [(row.sample, row.group, row.values) for row in first] == [
        (row.sample, row.group, row.values) for row in second
    ]
    assert first[0].sample == "9900001_V00_l"


@pytest.mark.parametrize("place", ["crops.csv", "crops/crops.csv"])
def test_oai_crops_by_an_index(place, make, tmp_path):
    names: dict[str, str] = {}

    def numbered(person, _film, visit, side):
        names[f"k{len(names):03d}"] = f"990000{person},V{visit},{'right' if side == 'r' else 2}"
        return f"k{len(names) - 1:03d}"

    write_knees(make, "a", lambda person, film, visit, side: f"990000{person}_{film}_2004_{side}")
    write_knees(make, "b", numbered)
    rows = [f"somewhere/{name.upper()}.png,{knee}" for name, knee in names.items()]
    make(f"b/{place}", "\n".join(["File,person,visit,side", *rows]) + "\n")
    make("b/crops/9900001_V00_r.png")
    first, second = (oai.read(tmp_path / name, {}) for name in "ab")
    assert [(row.sample, row.values) for row in first.rows] == [
        (row.sample, row.values) for row in second.rows
    ]
    assert second.exclusions["crop of which crops.csv says neither visit nor side"] == 1
    make(f"b/{place}", "file,person,visit,side\nk000.png,9900001,V00,both\n")
    with pytest.raises(DataError, match="MB604 row 2"):
        oai.read(tmp_path / "b", {})


def test_most_samples_do_not_depend_on_the_names_of_the_crops(make, tmp_path):
    names = {"a": ("MB90001_V0_r", "MB90001_2_l"), "b": ("mb90001_0_PA10_r", "MB90001_V2_x_L")}
    for folder, crops in names.items():
        make(f"{folder}/MOSTV01235XRAY.txt", "MOSTID\tV0XRKL\tV2XLKL\nMB90001\t0\t4\n")
        for crop in crops:
            make(f"{folder}/crops/{crop}.png")
    found = [[row.sample for row in most.read(tmp_path / folder, {}).rows] for folder in names]
    assert found == [["MB90001_V0_r", "MB90001_V2_l"]] * 2


def test_oai_ids_kept_as_numbers(make, tmp_path):
    head, row = "ID|SIDE|READPRJ|V00BARCDBU|V00XRKL", "9900001.0|1.0|15.0|16699990001.0|4.0"
    make("kxr_sq_bu00.txt", f"{head}\n{row}\n")
    make("crops/9900001_016699990001_20040315_r.png")
    assert [row.group for row in oai.read(tmp_path, {}).rows] == ["9900001"]


def test_oai_table_under_the_name_of_another_visit(make, tmp_path):
    make("kxr_sq_bu01.txt", "ID|SIDE|READPRJ|V00BARCDBU|V00XRKL\n9900001|1|15|016699990001|4\n")
    with pytest.raises(DataError, match="of visit 00") as caught:
        oai.read(tmp_path, {})
    assert caught.value.code == "MB602" and caught.value.where.endswith("kxr_sq_bu01.txt")


def test_oai_description_row_of_the_nda(make, tmp_path):
    make(
        "kxrsq01.txt",
        '"src_subject_id"\t"visit"\t"readprj"\t"side"\t"barcdbu"\t"xrkl"\n'
        '"The NDAR id"\t"Visit"\t"Project"\t"1=Right; 2=Left"\t"Barcode"\t"Grade"\n'
        '"9900002"\t"V00"\t"15"\t"1"\t"016699990002"\t"4"\n'
        '"9900002"\t"V00"\t"15"\t"2"\t"016699990002"\t"0"\n',
    )
    make("crops/9900002_016699990002_20040315_r.png")
    table = oai.read(tmp_path, {})
    assert [(row.values["grade"], row.values["visit"], row.group) for row in table.rows] == [
        ("severe", "V00", "9900002")
    ]
    assert table.missing_files == 1


def test_oai_says_that_crops_are_missing(make, tmp_path):
    make("KXR_SQ_BU00.TXT", "ID|SIDE|READPRJ|V00BARCDBU|V00XRKL\n")
    assert oai.find(tmp_path).startswith("no crops under")


@pytest.mark.parametrize("code", [*"89PSXZ", "1.9", "-1", "", ".", ".: Missing", "5", "02"])
def test_codes_that_are_no_grade(code):
    assert grade_name(code) is None


def test_most_wide_table(make, tmp_path):
    make("MOSTV01235XRAY.txt", "MOSTID\tV0XRKL\tV0XLKL\tV2XRKL\nMB90001\t0\t1.9\t4\nMI90002\t8\t3\tX\n")
    for name in ("MB90001_V0_r", "MB90001_2_r"):
        make(f"crops/{name}.png")
    table = most.read(tmp_path, {})
    assert [(row.sample, row.group, row.values["grade"], row.values["visit"]) for row in table.rows] == [
        ("MB90001_V0_r", "MB90001", "no", "V0"),
        ("MB90001_V2_r", "MB90001", "severe", "V2"),
    ]
    assert (table.missing_files, table.exclusions) == (1, {"no Kellgren-Lawrence grade 0 to 4": 3})


def test_most_sample_counts_every_cell(sample_root):
    table = most.read(sample_root / "most", {})
    assert len(table.rows) + sum(table.exclusions.values()) == 70 * 10
