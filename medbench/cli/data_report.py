"""What ``data verify`` found: as tables, as JSON, and as a file that says which image each id is."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.atomic import write_bytes
from medbench.cli.data_tasks import describe_counts

if TYPE_CHECKING:
    from medbench.cohort.checks import NameImage
    from medbench.cohort.checks.findings import Finding, Part
    from medbench.cohort.checks.verify import Verified

__all__ = ["print_findings", "report", "write_names"]

SHOWN = 3


def report(verified: Verified, name: NameImage) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "clean": verified.is_clean,
        "images": verified.images,
        "parts": [
            {
                "name": part.name,
                "images": len({(use.source, use.image) for use in part.uses}),
                "unreadable": verified.unreadable[part.name],
                "synthetic": part.synthetic,
                "expected": part.counts.get("expected", {}),
                "found": part.counts.get("found", {}),
            }
            for part in verified.parts
        ],
        "findings": [
            {
                "check": finding.check,
                "severity": finding.severity,
                "where": finding.where,
                "message": finding.message,
                "count": finding.count,
                "at_least": finding.at_least,
                "first": _first(finding, name),
            }
            for finding in verified.findings
        ],
    }


def print_findings(verified: Verified, name: NameImage) -> None:
    """Two tables: what was looked at, and what was found."""
    from medbench.cli.display import print_table

    columns = ["what", ">images", ">unreadable", "rows (groups)", "expected"]
    print_table("Checked", columns, [_line(part, verified) for part in verified.parts])
    if verified.findings:
        rows = [
            [
                f.severity,
                f.where,
                f.check,
                f"{f.count:,}{'+' if f.at_least else ''}",
                f.message,
                _ids(f, name),
            ]
            for f in verified.findings
        ]
        columns = ["severity", "where", "check", ">count", "what", f"first {SHOWN}, by salted id"]
        print_table("Found", columns, rows)
    errors = sum(finding.severity == "error" for finding in verified.findings)
    warnings = len(verified.findings) - errors
    print(f"{verified.images:,} images read; errors: {errors}, warnings: {warnings}")
    if errors or warnings:
        print("--names FILE writes which files the salted ids are; keep that file on this machine")


def _line(part: Part, verified: Verified) -> list[str]:
    expected = {key: n for key, n in part.counts.get("expected", {}).items() if isinstance(n, int)}
    return [
        part.name + (" (synthetic)" if part.synthetic else ""),
        f"{len({(use.source, use.image) for use in part.uses}):,}",
        f"{verified.unreadable[part.name]:,}",
        describe_counts(part.counts.get("found", {})),
        ", ".join(f"{key} {n:,}" for key, n in expected.items()),
    ]


def _first(finding: Finding, name: NameImage) -> list[list[str]]:
    return [[name(source, image) for source, image in found] for found in finding.images[:SHOWN]]


def _ids(finding: Finding, name: NameImage) -> str:
    return ", ".join(" = ".join(ids) for ids in _first(finding, name))


def write_names(file: Path, verified: Verified, name: NameImage) -> None:
    """A CSV of every image of every finding: check, where, number, id, source, file."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["check", "where", "number", "id", "source", "file", "index"])
    for finding in verified.findings:
        for number, found in enumerate(finding.images, 1):
            for source, image in found:
                index = "" if image.index is None else image.index
                row = [finding.check, finding.where, number, name(source, image), source, image.path, index]
                table.writerow(row)
    write_bytes(file, text.getvalue().encode())
