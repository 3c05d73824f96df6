"""Whether train and test are told apart, and the stated counts fit the stated share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key

__all__ = ["split_faults"]

SLACK = 0.05
"""Groups differ in size and strata are rounded, so a share of groups is not quite that share of images."""


def split_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    """A source on both sides without a rule, parts never told apart, a share or a range that does not fit."""
    if value["kind"] != "probe":
        return
    yield from _undivided(value["data"], origins)
    yield from _parts_without_column(value["data"], origins)
    yield from _share(value["data"], origins)
    yield from _test_range(value["data"], origins)


def _undivided(data: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    train, test = [_part_key(part) for part in data["train"]], [_part_key(part) for part in data["test"]]
    shared = {
        source for source, part in train for other, there in test if source == other and _overlap(part, there)
    }
    if shared and not data.get("split"):
        yield Fault(
            nearest(origins, ("data",)),
            "MB402",
            f"{', '.join(sorted(shared))} is in train and test, and no split says how it is divided",
            "add data.split, or name disjoint parts",
        )
    elif data.get("split") and not shared:
        message = "a split, and no source is in both train and test"
        yield Fault(nearest(origins, ("data", "split")), "MB402", message, "leave it out")


def _parts_without_column(data: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    for side in ("train", "test"):
        for index, part in enumerate(data[side]):
            local = data["sources"].get(part["source"]) if isinstance(part, Mapping) else None
            if local and not local.get("split") and "split" not in local.get("levels", ()):
                where = nearest(origins, ("data", side, index, "parts"))
                message = f"{part['source']} has no parts: its declaration names no split"
                yield Fault(where, "MB414", message, "add split: COLUMN to the source, or use data.split")


def _share(data: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    split, expected = data.get("split"), data.get("expected")
    # what a test source adds, or rows that cannot be test, would change the share
    if not split or not expected or split.get("eligible") or data["train"] != data["test"]:
        return
    total = expected["train"] + expected["test"]
    stated = split.get("test_fraction", 1 - split.get("train_fraction", 0))
    if total and abs(expected["test"] / total - stated) > SLACK:
        found = f"{expected['test']} of {total} images"
        message = f"{found} are {expected['test'] / total:.0%}, and the split says {stated:.0%} is test"
        yield Fault(nearest(origins, ("data", "expected", "test")), "MB411", message)


def _test_range(data: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    expected = data.get("expected") or {}
    if not expected.get("test_range"):
        return
    (low, high), test = expected["test_range"], expected["test"]
    where = nearest(origins, ("data", "expected", "test_range"))
    if expected["tolerance"] != "sampled":
        yield Fault(where, "MB415", "a range, and the counts are exact", "set tolerance: sampled")
    elif low > high:
        yield Fault(where, "MB415", f"the range falls from {low} to {high}")
    elif not low <= test <= high:
        yield Fault(where, "MB415", f"{test} test images are expected, and the range is {low} to {high}")


def _part_key(part: Any) -> tuple[str, frozenset[str]]:
    return (part, frozenset()) if isinstance(part, str) else (part["source"], frozenset(part["parts"]))


def _overlap(a: frozenset[str], b: frozenset[str]) -> bool:
    return not a or not b or bool(a & b)
