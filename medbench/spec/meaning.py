"""Meaning checks: what a schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.own_data_meaning import own_data_faults
from medbench.spec.parse import Key
from medbench.spec.protocol_meaning import protocol_faults
from medbench.spec.rulings import ruling_faults
from medbench.spec.split_meaning import split_faults

__all__ = ["meaning_faults"]

RESERVED = ("number", "group", "label", "probability")
"""Columns of ``predictions.parquet``."""


def meaning_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> list[Fault]:
    """Every contradiction inside a resolved task whose keys, types and names are already right."""
    checks = (
        _primary, _strata_cover, _multilabel, _columns, _exemplars, _label_rule,
        split_faults, own_data_faults, protocol_faults, ruling_faults,
    )  # fmt: skip
    return [fault for check in checks for fault in check(value, origins)]


def _primary(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    metrics = value["metrics"]
    primary, where = metrics["primary"], nearest(origins, ("metrics", "primary"))
    if primary not in metrics["report"]:
        hint = "add it to metrics.report"
        yield Fault(where, "MB401", f"the primary metric {primary!r} is not reported", hint)
    if value["kind"] != "probe":
        return
    label = value["data"]["label"]
    binary = not label["multilabel"] and len(label["classes"]) == 2
    if primary == "f1" or (primary == "roc_auc" and not binary):
        hint = f"rank by {'f1_macro' if primary == 'f1' else 'roc_auc_mean'}"
        yield Fault(where, "MB410", f"{primary!r} gives one number a class, and one number ranks", hint)


def _strata_cover(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    edges = (value.get("strata") or {}).get("edges")
    if edges is None:
        return
    where = nearest(origins, ("strata", "edges"))
    if sorted(set(edges)) != edges:
        yield Fault(where, "MB403", "strata edges do not rise")
    elif (edges[0], edges[-1]) != (0, 100):
        yield Fault(where, "MB403", f"strata cover {edges[0]} to {edges[-1]} percent, not 0 to 100")


def _multilabel(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    if value["kind"] != "probe" or not value["data"]["label"]["multilabel"]:
        return
    for index, metric in enumerate(value["metrics"]["report"]):
        # of a plugin's metric its card says so
        if not metric.startswith(("roc_auc", "average_precision")) and ":" not in metric:
            where = nearest(origins, ("metrics", "report", index))
            why = "this task has several labels a row"
            yield Fault(where, "MB406", f"{metric!r} names one class a row", why=why)


def _columns(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    for index, column in enumerate(value.get("report_by", ())):
        if column in RESERVED:
            where = nearest(origins, ("report_by", index))
            yield Fault(where, "MB407", f"a column {column!r} is medbench's own in predictions.parquet")


def _exemplars(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    expected = value["data"].get("expected")
    if value["kind"] != "choice" or not expected:
        return
    count = value["data"]["exemplars"]["count"]
    if expected["exemplars"] != count:
        where = nearest(origins, ("data", "expected", "exemplars"))
        message = f"{expected['exemplars']} exemplars are expected and {count} are shown"
        why = "a case that is shown solved is never scored"
        yield Fault(where, "MB409", message, why=why)


def _label_rule(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    label = value["data"].get("label", {})
    if isinstance(label.get("classes"), Mapping) and not label["multilabel"]:
        where = nearest(origins, ("data", "label", "classes"))
        message = "a rule picks labels of a multilabel task, and this one has one class a row"
        yield Fault(where, "MB406", message, "list the classes, or set multilabel: true")
    for source, local in (value["data"].get("sources") or {}).items():
        if local["reader"] != "image-csv" or (label["column"] in local["lists"]) == label["multilabel"]:
            continue
        where = nearest(origins, ("data", "label", "column"))
        if label["multilabel"]:
            hint = did_you_mean(label["column"], local["lists"]) or "declare it under lists"
            what = f"{source} has no list {label['column']!r}, and this task has several labels a row"
        else:
            hint = "add multilabel: true to data.label"
            what = f"{label['column']!r} of {source} is a list of labels, and this task has one class a row"
        yield Fault(where, "MB406", what, hint)
