"""All checks of data, in order; nothing is written but the cache, and nothing stops at a broken file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.checks.checksums import checksum_findings
from medbench.cohort.checks.duplicates import exact_duplicates, near_duplicates
from medbench.cohort.checks.editions import edition_findings
from medbench.cohort.checks.findings import Check, Finding, Part, Severity
from medbench.cohort.checks.image_facts import ImageFacts
from medbench.cohort.checks.leaks import Kind, Leak, find_leaks
from medbench.cohort.checks.survey import Located, Watch, survey_images
from medbench.cohort.faults import told
from medbench.errors import DataError

__all__ = ["Verified", "verify"]

UNREADABLE: Mapping[str, str] = {
    "MB601": "images are not there",
    "MB607": "images are truncated, damaged or of no known format",
    "MB608": "images have too many pixels",
    "MB609": "images are not in their array",
    "MB661": "images are there and may not be read",
}
LEAKS: Mapping[Kind, tuple[Check, str]] = {
    "groups": ("groups", "patients or lesions in train and in test"),
    "images": ("duplicates", "test images that are in train too, pixel for pixel"),
    "exemplars": ("exemplars", "test cases that are exemplars"),
}


@dataclass(frozen=True)
class Verified:
    """What was checked and found.

    Attributes:
        images: number of images looked at.
        unreadable: number of those that could not be decoded, by part.
    """

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    images: int
    unreadable: Mapping[str, int]

    @property
    def is_clean(self) -> bool:
        """Nothing is missing, and nothing would be refused."""
        return not any(finding.severity == "error" for finding in self.findings)


def verify(parts: Sequence[Part], cache: Path, distance: int, watch: Watch) -> Verified:
    """Read every image of the parts once and check all of them.

    Args:
        distance: bits in which the perceptual hashes of near-duplicates may differ.
    """
    found: list[Finding] = []
    images, unreadable = 0, {}
    for batch in _batches(parts):
        checked = _Batch(batch, cache, watch)
        found += checked.findings(distance)
        images += len(checked.surveyed)
        unreadable.update(checked.unreadable())
    return Verified(tuple(parts), tuple(dict.fromkeys(found)), images, unreadable)


def _batches(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts in which a source has one folder: two tasks may call their own data the same."""
    batches: list[list[Part]] = []
    for part in parts:
        fitting = (batch for batch in batches if not any(_contradict(part, other) for other in batch))
        batch = next(fitting, None)
        if batch is None:
            batches.append([part])
        else:
            batch.append(part)
    return batches


def _contradict(part: Part, other: Part) -> bool:
    return any(part.roots.get(source, root) != root for source, root in other.roots.items())


class _Batch:
    """Parts that are checked together."""

    def __init__(self, parts: Sequence[Part], cache: Path, watch: Watch) -> None:
        self.parts, self.cache, self.watch = parts, cache, watch
        self.roots = {source: root for part in parts for source, root in part.roots.items()}
        self.uses = [use for part in parts for use in part.uses]
        images = list(dict.fromkeys((use.source, use.image) for use in self.uses))
        self.surveyed = survey_images(images, self.roots, cache, watch)
        self.facts = {item: seen for item, seen in self.surveyed.items() if isinstance(seen, ImageFacts)}
        self.faults = {item: seen for item, seen in self.surveyed.items() if isinstance(seen, DataError)}

    def findings(self, distance: int) -> Iterator[Finding]:
        """In the order in which a steward can act on them."""
        for part in self.parts:
            yield from part.findings
            yield from _unreadable(part, self.faults)
            yield from _leaks(part, self.facts)
        yield from self._of_sources()
        yield from exact_duplicates(self.uses, self.facts)
        for together in _by_discipline(self.parts):
            self.watch.stage(f"near-duplicates among {', '.join(part.name for part in together)}", 1)
            uses = [use for part in together for use in part.uses]
            yield from near_duplicates(uses, self.facts, distance)
            self.watch.step(1)

    def _of_sources(self) -> Iterator[Finding]:
        synthetic = {source for part in self.parts if part.synthetic for source in part.roots}
        for source, root in sorted(self.roots.items()):
            try:
                yield from self._of_source(source, root, source in synthetic)
            except OSError as fault:
                # one source that cannot be read hides no other
                yield Finding("unreadable", "error", source, told(fault, source))

    def _of_source(self, source: str, root: Path, synthetic: bool) -> Iterator[Finding]:
        if not synthetic:
            yield from checksum_findings(source, root, self.cache, self.watch)
        facts = {item: seen for item, seen in self.facts.items() if item[0] == source}
        yield from edition_findings(source, root, facts, synthetic)

    def unreadable(self) -> dict[str, int]:
        """Images that could not be decoded, by part."""
        return {
            part.name: len({(use.source, use.image) for use in part.uses} & self.faults.keys())
            for part in self.parts
        }


def _unreadable(part: Part, faults: Mapping[Located, DataError]) -> Iterator[Finding]:
    codes: dict[str, dict[Located, None]] = defaultdict(dict)
    for use in part.uses:
        fault = faults.get((use.source, use.image))
        if fault is not None:
            codes[fault.code][use.source, use.image] = None
    for code, items in sorted(codes.items()):
        message = f"{code} {UNREADABLE.get(code, 'images cannot be decoded')}"
        yield Finding("unreadable", "error", part.name, message, len(items), tuple((item,) for item in items))


def _leaks(part: Part, facts: Mapping[Located, ImageFacts]) -> Iterator[Finding]:
    if part.cohort is None or part.task is None:
        return
    digests = {item: seen.digest for item, seen in facts.items()}
    leaks = find_leaks(part.cohort.rows, digests, part.cohort.shared_groups)
    refused = leaks.refused(part.task.data.duplicates)
    for kind, found in leaks.by_kind().items():
        if found:
            check, message = LEAKS[kind]
            severity: Severity = "error" if refused.by_kind()[kind] else "warning"
            kept = "" if severity == "error" else "; the spec keeps and counts them"
            yield Finding(check, severity, part.name, message + kept, len(found), tuple(map(_images, found)))


def _images(leak: Leak) -> tuple[Located, Located]:
    return (leak.source, leak.image), (leak.test_source, leak.test_image)


def _by_discipline(parts: Sequence[Part]) -> Iterator[list[Part]]:
    disciplines: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        disciplines[part.discipline].append(part)
    yield from (together for together in disciplines.values() if any(part.uses for part in together))
