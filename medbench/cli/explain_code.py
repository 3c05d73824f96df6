"""``medbench explain MBnnn``: the paragraph of ``docs/errors.md`` about one error."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from medbench.errors import UsageError, did_you_mean

__all__ = ["explain_code"]

SECTION = re.compile(r"^## (MB\d)xx: (.*)$", re.MULTILINE)
ENTRY = re.compile(r"^- \*\*(MB\d{3})\*\* (.*?)(?=^- \*\*MB|^#|\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^  - (wrong|right): `(.*)`$", re.MULTILINE)


@dataclass(frozen=True)
class _Entry:
    code: str
    about: str
    meaning: str
    wrong: str = ""
    right: str = ""


def explain_code(code: str, as_json: bool) -> int:
    """Print what an error means and what to do.

    Raises:
        UsageError: no error has this code (MB026).
    """
    from medbench.spec import documents_folder

    entries = _entries((documents_folder() / "errors.md").read_text(encoding="utf-8"))
    if code.upper() not in entries:
        raise UsageError("MB026", f"no error {code!r}", hint=did_you_mean(code, entries))
    found = asdict(entries[code.upper()])
    if as_json:
        from medbench.cli.display import print_json

        print_json(found)
    else:
        from medbench.cli.display import print_records

        print(f"{found.pop('code')}  {found.pop('about')}")
        print_records("", [(name, said) for name, said in found.items() if said])
    return 0


def _entries(text: str) -> dict[str, _Entry]:
    sections = dict(SECTION.findall(text))
    found: dict[str, _Entry] = {}
    for code, said in ENTRY.findall(text):
        meaning = " ".join(EXAMPLE.sub("", said).split())
        found[code] = _Entry(code, sections.get(code[:3], ""), meaning, **dict(EXAMPLE.findall(said)))
    return found
