"""Meaning checks: what a schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin
from medbench.spec.parse import Key

__all__ = ["meaning_faults"]

RESERVED = ("number", "group", "label", "probability")
"""Columns of ``predictions.parquet``."""


def meaning_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> list[Fault]:
    """Every contradiction inside a resolved task whose keys and types are already right."""
    checks = (_primary, _split_needed, _strata_cover, _rank_by, _c_ascending, _multilabel, _columns)
    return [fault for check in checks for fault in check(value, origins)]


def _primary(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    metrics = value["metrics"]
    if metrics["primary"] not in metrics["report"]:
        yield Fault(
            origins[("metrics", "primary")],
            "MB401",
            f"the primary metric {metrics['primary']!r} is not reported",
            "add it to metrics.report",
        )


def _split_needed(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    if value["kind"] != "probe" or "split" in value["data"]:
        return
    train = {_part_key(part) for part in value["data"]["train"]}
    test = {_part_key(part) for part in value["data"]["test"]}
    shared = {
        source for source, part in train for other, there in test if source == other and _overlap(part, there)
    }
    if shared:
        yield Fault(
            origins[("data",)],
            "MB402",
            f"{', '.join(sorted(shared))} is in train and test, and no split says how it is divided",
            "add data.split, or name disjoint parts",
        )


def _part_key(part: Any) -> tuple[str, frozenset[str]]:
    return (part, frozenset()) if isinstance(part, str) else (part["source"], frozenset(part["parts"]))


def _overlap(a: frozenset[str], b: frozenset[str]) -> bool:
    return not a or not b or bool(a & b)


def _strata_cover(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    edges = value.get("strata", {}).get("edges")
    if edges is None:
        return
    where = origins[("strata", "edges")]
    if sorted(set(edges)) != edges:
        yield Fault(where, "MB403", "strata edges do not rise")
    elif (edges[0], edges[-1]) != (0, 100):
        yield Fault(where, "MB403", f"strata cover {edges[0]} to {edges[-1]} percent, not 0 to 100")


def _rank_by(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    if value["kind"] != "choice":
        return
    for name, protocol in value["protocols"].items():
        if protocol["rank_by"] not in protocol["decodings"]:
            yield Fault(
                origins[("protocols", name, "rank_by")],
                "MB404",
                f"ranks by {protocol['rank_by']!r}, which is no decoding",
                did_you_mean(protocol["rank_by"], protocol["decodings"]),
            )


def _c_ascending(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    if value["kind"] != "probe":
        return
    for name, protocol in value["protocols"].items():
        grid = protocol["probe"]["C"]
        if sorted(set(grid)) != grid:
            yield Fault(origins[("protocols", name, "probe", "C")], "MB405", "the grid of C does not rise")


def _multilabel(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    if value["kind"] != "probe" or not value["data"]["label"].get("multilabel"):
        return
    for index, metric in enumerate(value["metrics"]["report"]):
        if not metric.startswith("roc_auc"):
            where = origins.get(("metrics", "report", index), origins[("metrics", "report")])
            yield Fault(
                where, "MB406", f"{metric!r} names one class a row; this task has several labels a row"
            )


def _columns(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    for index, column in enumerate(value.get("report_by", ())):
        if column in RESERVED:
            where = origins.get(("report_by", index), origins[("report_by",)])
            yield Fault(where, "MB407", f"a column {column!r} is medbench's own in predictions.parquet")
