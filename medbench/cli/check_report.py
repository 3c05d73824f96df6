"""What ``medbench check`` prints and writes: a table with numbers, a verdict, a badge, JSON and JUnit."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from medbench.atomic import write_bytes
from medbench.cli.display import print_json, print_records
from medbench.hooks import ProvidedModel
from medbench.models import PLUGIN_API
from medbench.testing import CHECKS, Check, CheckResult

if TYPE_CHECKING:
    from medbench.testing.outcome import Number

__all__ = ["Report", "print_list", "print_step"]

DOCS = "docs/checks.md"
MARKS = {"passed": "✓", "failed": "✗", "skipped": "–"}
TITLES = {check.id: check.title for check in CHECKS}


@dataclass(frozen=True)
class Report:
    """The results of one model."""

    provided: ProvidedModel
    devices: tuple[str, ...]
    results: Sequence[CheckResult]

    @property
    def failed(self) -> list[CheckResult]:
        """Tests that failed."""
        return [result for result in self.results if result.verdict == "failed"]

    @property
    def counts(self) -> Counter[str]:
        """How many passed, failed and were skipped."""
        return Counter(result.verdict for result in self.results)

    @property
    def badge(self) -> str:
        """A line of Markdown for a README."""
        passed, failed = self.counts["passed"], self.counts["failed"]
        said = f"{failed}_failed-red" if failed else f"{passed}_passed-brightgreen"
        image = f"https://img.shields.io/badge/medbench_plugin__api_{PLUGIN_API}-{said}"
        return f"![medbench check: {self.verdict}]({image})"

    @property
    def verdict(self) -> str:
        """One line."""
        counts = ", ".join(f"{self.counts[verdict]} {verdict}" for verdict in MARKS if self.counts[verdict])
        return f"{self.provided.card.name} {'breaks' if self.failed else 'keeps'} the contract: {counts}"

    def print(self, as_json: bool) -> None:
        """The table, or JSON."""
        if as_json:
            print_json(self.as_dict())
            return
        plugin = self.provided.plugin
        title = f"{self.provided.card.name} of {plugin.package} {plugin.version} on {', '.join(self.devices)}"
        print_records(title, [[f"{MARKS[r.verdict]} {r.id}", r.verdict, _details(r)] for r in self.results])
        print(f"\n{self.verdict}")
        print(f"badge: {self.badge}")
        if self.failed:
            print(f"what each test asks: {DOCS}#{self.failed[0].id}")

    def as_dict(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        plugin = self.provided.plugin
        return {
            "model": self.provided.card.name,
            "plugin": plugin.name,
            "package": f"{plugin.package} {plugin.version}",
            "plugin_api": PLUGIN_API,
            "devices": list(self.devices),
            "verdict": "failed" if self.failed else "passed",
            "counts": {verdict: self.counts[verdict] for verdict in MARKS},
            "checks": [
                {
                    "id": result.id,
                    "verdict": result.verdict,
                    "why": result.why,
                    "numbers": {name: _finite(value) for name, value in result.numbers.items()},
                    "seconds": result.seconds,
                    "docs": f"{DOCS}#{result.id}",
                }
                for result in self.results
            ],
            "badge": self.badge,
        }

    def write_junit(self, file: Path) -> None:
        """JUnit XML, one test case a contract test."""
        counts = {
            "tests": len(self.results), "failures": len(self.failed), "skipped": self.counts["skipped"]
        }  # fmt: skip
        suite = ElementTree.Element("testsuite", name=f"medbench check {self.provided.card.name}")
        for name, count in counts.items():
            suite.set(name, str(count))
        for result in self.results:
            case = ElementTree.SubElement(
                suite, "testcase", classname=self.provided.card.name, name=result.id, time=str(result.seconds)
            )
            if result.verdict == "failed":
                ElementTree.SubElement(case, "failure", message=result.why).text = _details(result)
            elif result.verdict == "skipped":
                ElementTree.SubElement(case, "skipped", message=result.why)
        write_bytes(file, ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True))


def print_list(checks: Sequence[Check], as_json: bool) -> int:
    """What the tests ask."""
    if as_json:
        print_json([{"id": c.id, "title": c.title, "needs": list(c.needs)} for c in checks])
    else:
        print_records("Contract tests", [[check.id, check.title] for check in checks])
    return 0


def print_step(result: CheckResult) -> None:
    """One line on standard error when a test has ended."""
    print(f"{MARKS[result.verdict]} {result.id} ({result.seconds:.1f} s)", file=sys.stderr, flush=True)


def _details(result: CheckResult) -> str:
    numbers = ", ".join(f"{name} {_short(value)}" for name, value in result.numbers.items())
    return "; ".join(part for part in (result.why.replace("\n", " "), numbers) if part)


def _short(value: Number) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _finite(value: Number) -> Number | None:
    return value if not isinstance(value, float) or abs(value) < float("inf") else None
