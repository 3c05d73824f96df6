"""``medbench validate`` looks at what a run would stumble over: own data, names in suites and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.cli.main import main


@pytest.fixture
def wards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "task", "Wards"]) == 0
    return tmp_path / "Wards"


def _says(capsys: pytest.CaptureFixture[str], *paths: str) -> str:
    capsys.readouterr()
    code = main(["validate", *paths])
    said = capsys.readouterr().out
    assert code == (0 if ", 0 faults" in said else 2)
    return said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("patient: patient", "patient: mrn", "MB602 "),
        ("benign", "benin", "MB639"),
        ("table: labels.csv", "table: label.csv", "its data was not looked at"),
    ],
)
def test_own_data_is_read(old: str, new: str, said: str, wards: Path, capsys) -> None:
    assert "1 file checked, 0 faults" in _says(capsys, "Wards")
    spec = wards / "Wards.yaml"
    assert old in spec.read_text()
    spec.write_text(spec.read_text().replace(old, new))
    assert said in _says(capsys, "Wards")


def test_models_of_a_suite(tmp_path: Path, capsys) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "mine.yaml").write_text(
        "schema: medbench.suite/1\nid: mine\ntitle: Mine\ntasks: [T1]\nmodels:\n  - random\n  - image-stat\n"
    )
    said = _says(capsys, str(tmp_path))
    assert "mine.yaml:7:5 MB001 unknown model 'image-stat'; did you mean 'image-stats'?" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[run]\nprotocol = "papr"\n',
            ":2:1 MB008 no task has a protocol 'papr'; did you mean 'paper'?",
        ),
        ('[sources]\noia = "x"\n', ":2:1 MB017 unknown source 'oia'; did you mean 'oai'?"),
        ("[models.plipp]\n", ":1:1 MB001 unknown model 'plipp'; did you mean 'plip'?"),
    ],
)
def test_names_in_settings(text: str, said: str, tmp_path: Path, capsys) -> None:
    (tmp_path / "medbench.toml").write_text(text)
    assert said in _says(capsys, str(tmp_path / "medbench.toml"))


def test_a_part_that_extends_nothing(tmp_path: Path, capsys) -> None:
    (tmp_path / "_x.yaml").write_text("schema: medbench.task/1\nextends: nowhere.yaml\n")
    assert "_x.yaml:2:1 MB301" in _says(capsys, str(tmp_path / "_x.yaml"))


def test_the_id_of_a_suite(tmp_path: Path, capsys) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "mine.yaml").write_text(
        "schema: medbench.suite/1\nid: other\ntitle: Mine\ntasks: [T1]\n"
    )
    assert "MB304 the file's id is 'other', its name says 'mine'" in _says(capsys, str(tmp_path / "suites"))


def test_a_suite_is_not_explained_as_a_task(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine.yaml").write_text("schema: medbench.suite/1\nid: mine\ntitle: Mine\ntasks: [T1]\n")
    assert main(["explain", str(tmp_path / "mine.yaml")]) == 2
    assert "MB027" in capsys.readouterr().err


def test_two_files_of_one_task_are_refused(wards: Path, tmp_path: Path, capsys) -> None:
    assert main(["new", "task", "Wards", "--output", "again"]) == 0
    line = ["run", "--task", "Wards/Wards.yaml", "--task", "again/Wards.yaml", "--model", "image-stats"]
    assert main([*line, "--output", str(tmp_path / "runs")]) == 2
    assert "MB303 'Wards' is also in" in capsys.readouterr().err


def test_a_task_that_lies_here_is_pointed_to(wards: Path, capsys) -> None:
    assert main(["run", "--task", "Wards", "--model", "image-stats"]) == 2
    assert "--include-path ., or named as --task Wards/Wards.yaml" in capsys.readouterr().err
