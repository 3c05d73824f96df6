"""Reference checks: every file, source, option, column, class and wording that a task names is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.columns import class_faults, column_faults
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key, parse_file
from medbench.spec.plain import load_reference

__all__ = ["Known", "is_file", "reference_faults", "reference_file"]

Known = Mapping[str, Mapping[str, Any]]
"""Source cards by id."""


def reference_faults(
    value: Mapping[str, Any], origins: Mapping[Key, Origin], known: Known | None
) -> list[Fault]:
    """Names in a resolved task, whose keys and types are already right, that lead nowhere.

    Args:
        known: the source cards there are; ``None`` checks nothing about sources.
    """
    faults = [*_wordings(value, origins)]
    file = reference_file(value, origins)
    if file is not None:
        faults += _published(value, origins, file)
    if known is None:
        return faults
    local = value["data"].get("sources", {})
    lost = list(_sources(value["data"], origins, known, local))
    if lost:
        # a source that is not there cannot be asked for its columns
        return [*faults, *lost]
    cards = {source: known[source] for source in _named(value["data"]) if source not in local}
    faults += [
        *_options(value["data"], origins, cards),
        *column_faults(value, origins, cards),
        *class_faults(value, origins, cards),
    ]
    return faults


def reference_file(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Path | None:
    """The file with the published numbers, beside the file that names it, which may be an extended one."""
    if not value.get("reference"):
        return None
    return nearest(origins, ("reference",)).file.parent / str(value["reference"])


def _published(value: Mapping[str, Any], origins: Mapping[Key, Origin], file: Path) -> Iterator[Fault]:
    """Published scores of a metric or class that the task does not report."""
    if not is_file(file):
        yield Fault(nearest(origins, ("reference",)), "MB307", f"no file {value['reference']!r}")
        return
    load_reference(file)
    document = parse_file(file)
    report = value["metrics"]["report"]
    classes = value["data"].get("label", {}).get("classes")
    decodings = {name for protocol in value["protocols"].values() for name in protocol.get("decodings", ())}
    for index, row in enumerate(document.value.get("rows", ())):
        if row["metric"] not in report:
            hint = did_you_mean(row["metric"], report) or "numbers that are no score go under other"
            where = nearest(document.origins, ("rows", index, "metric"))
            yield Fault(where, "MB314", f"the task does not report {row['metric']!r}", hint)
        if row["label"] is not None and isinstance(classes, list) and row["label"] not in classes:
            hint = did_you_mean(row["label"], classes)
            where = nearest(document.origins, ("rows", index, "label"))
            yield Fault(where, "MB314", f"the task has no class {row['label']!r}", hint)
        if row.get("decoding") is not None and row["decoding"] not in decodings:
            hint = did_you_mean(row["decoding"], decodings)
            where = nearest(document.origins, ("rows", index, "decoding"))
            yield Fault(where, "MB314", f"no protocol has a decoding {row['decoding']!r}", hint)


def is_file(path: Path) -> bool:
    """``Path.is_file`` for a name that a person typed, which need not be one that the system can hold."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _places(data: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for key in ("train", "test", "cases"):
        for index, part in enumerate(data.get(key, ())):
            yield ("data", key, index), part if isinstance(part, str) else part["source"]


def _named(data: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(source for _, source in _places(data)))


def _sources(
    data: Mapping[str, Any], origins: Mapping[Key, Origin], known: Known, local: Mapping[str, Any]
) -> Iterator[Fault]:
    for path, source in _places(data):
        if source not in known and source not in local:
            hint = did_you_mean(source, [*known, *local])
            yield Fault(nearest(origins, path), "MB306", f"no source {source!r}", hint)
    for source in local:
        where = nearest(origins, ("data", "sources", source))
        if source in known:
            yield Fault(where, "MB309", f"{source!r} is one of medbench's sources; choose another id")
        elif source not in _named(data):
            yield Fault(where, "MB309", f"{source!r} is declared and never used in data.train or data.test")


def _options(
    data: Mapping[str, Any], origins: Mapping[Key, Origin], cards: Mapping[str, Mapping[str, Any]]
) -> Iterator[Fault]:
    for source, chosen in data.get("options", {}).items():
        where = nearest(origins, ("data", "options", source))
        if source not in cards:
            hint = did_you_mean(source, cards)
            yield Fault(where, "MB310", f"options for {source!r}, which this task does not read", hint)
            continue
        offered = cards[source]["options"]
        for name, option in chosen.items():
            where = nearest(origins, ("data", "options", source, name))
            if name not in offered:
                hint = did_you_mean(name, offered)
                yield Fault(where, "MB310", f"{source} has no option {name!r}", hint)
            elif option not in offered[name]:
                why = f"it takes {' or '.join(offered[name])}"
                hint = did_you_mean(option, offered[name])
                yield Fault(where, "MB310", f"option {name} of {source} is {option!r}", hint, why)


def _wordings(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    known = value["prompt"].get("wordings")
    if known is None:
        return
    chosen: dict[Key, str | None] = {("prompt", "wording"): value["prompt"]["wording"]}
    for name, protocol in value["protocols"].items():
        chosen["protocols", name, "wording"] = protocol.get("wording")
    for path, wording in chosen.items():
        if wording is not None and wording not in known:
            hint = did_you_mean(wording, known)
            yield Fault(nearest(origins, path), "MB315", f"no wording {wording!r} in prompt.wordings", hint)
