"""What a suite declares is checked before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.errors import SpecError
from medbench.spec import Catalogue

HEAD = "schema: medbench.suite/1\nid: mine\ntitle: Mine\ntasks: [T2, T6]\nanalyses:\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "subgroups: {columns: [sex, sxe]}",
            "MB312 no task .* column 'sxe'; did you mean 'sex'?",
        ),
        ("per-organ: {tasks: [T6], column: tissue}", "MB312 no task of per-organ has a column 'tissue'"),
        ("label-efficiency: {fractions: [1, 0.5], draws: 5}", "MB405 the shares of train do not rise"),
        ("label-efficiency: {draws: 4}", "MB207"),
        ("layer-sweep: {depths: [0.5, 7]}", "MB207"),
        ("layer-sweep: {depths: [0.5, lsat]}", "MB205 .*did you mean 'last'?"),
    ],
)
def test_faults(line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "mine.yaml").write_text(f"{HEAD}  {line}\n")
    with pytest.raises(SpecError, match=said.replace("?", r"\?")) as caught:
        Catalogue((tmp_path,)).suite("mine")
    assert "mine.yaml:6:" in caught.value.where


def test_its_id_is_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "other.yaml").write_text(HEAD.replace("analyses:\n", ""))
    with pytest.raises(SpecError, match="MB304"):
        Catalogue((tmp_path,)).suite("other")
