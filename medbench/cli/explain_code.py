"""``medbench explain MBnnn``: the paragraph of ``docs/errors.md`` about one error."""

from __future__ import annotations

import re

from medbench.errors import UsageError, did_you_mean

__all__ = ["explain_code"]

ENTRY = re.compile(r"^- \*\*(MB\d{3})\*\* (.*?)(?=^- \*\*MB|^## |\Z)", re.MULTILINE | re.DOTALL)


def explain_code(code: str, as_json: bool) -> int:
    """Print what an error means and what to do.

    Raises:
        UsageError: no error has this code (MB026).
    """
    from medbench.spec import documents_folder

    file = documents_folder() / "errors.md"
    entries = dict(ENTRY.findall(file.read_text(encoding="utf-8")))
    if code not in entries:
        raise UsageError("MB026", f"no error {code!r}", hint=did_you_mean(code, entries))
    said = " ".join(entries[code].split())
    if as_json:
        from medbench.cli.display import print_json

        print_json({"code": code, "meaning": said})
    else:
        from medbench.cli.display import print_records

        print_records("", [(code, said)])
    return 0
