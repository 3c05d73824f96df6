"""OAI and MOST as SAS tables. ReadStat's own writer made the files in ``fixtures``; all rows are made up."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from medbench.cohort.sas import sas_lines
from medbench.cohort.sources import most, oai
from medbench.errors import DataError

FIXTURES = Path(__file__).parent / "fixtures"
OAI_FOLDER = "X-Ray Image Assessments_SAS/Semi-Quant Scoring_SAS"


def copied(root, folder, *names):
    (root / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(FIXTURES / name, root / folder)


def test_numbers_and_missing_values_become_text():
    lines = list(sas_lines(FIXTURES / "mostv01235xray.sas7bdat"))
    assert lines == [
        ["MOSTID", "V0XRKL", "V0XLKL", "V2XRKL", "V2XLKL"],
        ["MB90001", "0", "1.9", "4", ""],
        ["MI90002", "8", "3", "", "9"],
    ]


def test_oai_in_sas_form_with_text_and_with_numeric_ids(make, tmp_path):
    copied(tmp_path, OAI_FOLDER, "kxr_sq_bu00.sas7bdat", "kxr_sq_bu03.sas7bdat")
    for name in ("9900001_016699990001_20040315_r", "9900001_V00_l", "9900001_016699990003_20070315_R"):
        make(f"crops/{name}.png")
    table = oai.read(tmp_path, {})
    grades = {row.sample: (row.values["grade"], row.values["visit"], row.group) for row in table.rows}
    assert grades == {
        "9900001_V00_r": ("mild", "V00", "9900001"),
        "9900001_V00_l": ("moderate", "V00", "9900001"),
        # numeric there: SAS has lost the barcode's leading zero, which the crop's name has
        "9900001_V03_r": ("doubtful", "V03", "9900001"),
    }
    assert table.exclusions == {"no Kellgren-Lawrence grade 0 to 4": 1, "no side 1 or 2": 1}
    assert table.absent_parts == tuple(
        f"no table of visit {visit} (kxr_sq_bu{visit})" for visit in ("01", "05", "06", "08", "10")
    )


def test_the_text_form_goes_before_the_sas_form_of_one_visit(make, tmp_path):
    copied(tmp_path, ".", "kxr_sq_bu00.sas7bdat")
    make("kxr_sq_bu00.txt", "ID|SIDE|READPRJ|V00BARCDBU|V00XRKL\n9900009|1|15|016699990009|4\n")
    make("crops/9900009_00_r.png")
    assert [row.group for row in oai.read(tmp_path, {}).rows] == ["9900009"]


def test_most_in_sas_form(make, tmp_path):
    copied(tmp_path, ".", "mostv01235xray.sas7bdat")
    for name in ("MB90001_V0_r", "mb90001_2_PA10_r", "MI90002_V0_left_l", "notes"):
        make(f"crops/{name}.png")
    table = most.read(tmp_path, {})
    assert {row.sample: row.values["grade"] for row in table.rows} == {
        "MB90001_V0_r": "no",
        "MB90001_V2_r": "severe",
        "MI90002_V0_l": "moderate",
    }
    assert table.exclusions == {
        "crop whose name says neither visit nor side": 1,
        "no Kellgren-Lawrence grade 0 to 4": 5,
    }
    assert table.absent_parts == ("no grades of visit V1, V3, V5",)


def test_two_crops_of_one_knee_are_refused(make, tmp_path):
    copied(tmp_path, ".", "mostv01235xray.sas7bdat")
    make("crops/MB90001_V0_r.png")
    make("crops/MB90001_0_r.png")
    with pytest.raises(DataError) as caught:
        most.read(tmp_path, {})
    assert caught.value.code == "MB662"


def test_without_pyreadstat_the_extra_is_named(monkeypatch, tmp_path):
    copied(tmp_path, ".", "mostv01235xray.sas7bdat")
    (tmp_path / "crops").mkdir()
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(DataError, match=r"medbench\[sas\]") as caught:
        most.read(tmp_path, {})
    assert caught.value.code == "MB663" or "medbench[sas]" in caught.value.hint


@pytest.mark.parametrize("keep", [0, 10, 1500, 4000])
def test_a_cut_off_sas_table_is_named(tmp_path, keep):
    raw = (FIXTURES / "mostv01235xray.sas7bdat").read_bytes()
    (tmp_path / "a.sas7bdat").write_bytes(raw[:keep])
    with pytest.raises(DataError) as caught:
        list(sas_lines(tmp_path / "a.sas7bdat"))
    assert caught.value.code == "MB660"
