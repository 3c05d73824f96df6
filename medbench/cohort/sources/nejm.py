"""NEJM Image Challenge, collected by the user in one of four forms.

Text and images are copyright of the journal; medbench ships these readers and no content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

from medbench.cohort.image_files import found_note
from medbench.cohort.source import SourceRow, SourceTable
from medbench.cohort.sources import nejm_csv, nejm_decks, nejm_folders, nejm_json
from medbench.cohort.sources.nejm_case import Case, case_date
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.errors import DataError

__all__ = ["case_date", "find", "read"]

SOURCE = "nejm"


class Form(Protocol):
    """A way in which cases are kept; a module of its own."""

    NAME: str

    def find(self, root: Path) -> list[Path]:
        """The files that hold cases in this form."""

    def cases(self, root: Path, files: list[Path]) -> Iterator[Case]:
        """The cases in them."""


FORMS = cast("tuple[Form, ...]", (nejm_json, nejm_folders, nejm_decks, nejm_csv))


def find(root: Path) -> str:
    """Empty when cases are there in one of the forms; otherwise what was looked for.

    Raises:
        DataError: MB662, they are there in two forms.
    """
    if not root.is_dir():
        return f"no folder {root}"
    looked = ", no ".join(form.NAME for form in FORMS)
    return "" if _forms(root) else f"no {looked} under {root}{found_note(root)}"


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Cases by ISO date, each with one image or several, the same from every form.

    Columns: ``question``; ``options`` (five texts); ``answer`` (0 to 4); ``reader_votes``, percentages as
    text in the order of the options; ``reader_share``, that of the right one (``None`` if unreadable);
    ``reader_count``, how many voted.

    Raises:
        DataError: MB601 without cases, MB604 for a case that is not as its form has it, MB662 for two forms
            at once, MB603 for any option, MB606 for two cases of one date; and as the form's own module says.
    """
    choose(SOURCE, options)
    found = _forms(root)
    if not found:
        raise DataError("MB601", find(root))
    ((form, files),) = found
    table = TableBuilder(SOURCE, "case")
    cases = list(form.cases(root, files))
    if form.NAME == nejm_json.NAME:
        nejm_json.count_unmatched(table, root, {case.day for case in cases})
    for case in cases:
        if not case.answer:
            table.exclude("no answer A to E")
        elif not case.images:
            table.miss_file(case.place)
        else:
            table.add(SourceRow(case.day, case.images, "all", case.day, case.values()), case.place)
    return table.build()


def _forms(root: Path) -> list[tuple[Form, list[Path]]]:
    found = [(form, files) for form in FORMS if (files := form.find(root))]
    if len(found) > 1:
        names = " and ".join(form.NAME for form, _ in found)
        hint = "keep one of them in the source's folder; a case in both would count twice"
        raise DataError("MB662", f"cases in {len(found)} forms at once: {names}", str(root), hint)
    return found
