"""The record of an item, from what its stage found."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import medbench
from medbench.cohort import Cohort
from medbench.record import RECORD_SCHEMA
from medbench.runner.content import Content
from medbench.runner.model_rule import departures, other_size
from medbench.runner.outcome import Outcome, StageContext
from medbench.runner.readiness import Item
from medbench.runner.reproduction import reproduction
from medbench.runner.session import ModelSession
from medbench.scoring import summarise
from medbench.spec import load_reference

__all__ = ["assemble_record", "fixed_part"]

PACKAGES = ("numpy", "pillow", "pluggy", "safetensors", "scikit-learn", "scipy")


def fixed_part(context: StageContext, content: Content) -> dict[str, Any]:
    """What is known of a record before anything is computed; a record on disk that has it is still good."""
    seed, candidate = context.options.seed, context.item.candidate
    deviations = [
        *context.cohort.deviations,
        *content.deviations,
        *([] if seed is None else [f"sampling seed {seed}"]),
        *departures(context.protocol.model, candidate.provided.card, candidate.options),
        # a synthetic record is compared with no real one, whatever weights it was made with
        *([] if context.cohort.synthetic else other_size(candidate.provided.card, context.session.handle)),
    ]
    return {
        "schema": RECORD_SCHEMA,
        "division": "open" if deviations else "official",
        "deviations": deviations,
        "model": _model(context.item, context.session),
        "cohort": {
            **_cohort(context.item, context.cohort),
            "content_digest": content.digest,
            **({"leaks": content.leaks.counts()} if content.leaks else {}),
        },
    }


def assemble_record(
    context: StageContext, content: Content, outcome: Outcome, seconds: float
) -> dict[str, Any]:
    """The whole record but the digest of its replicates."""
    task, options = context.item.task, context.options
    statistics = task.statistics
    fixed = fixed_part(context, content)
    return {
        **fixed,
        "task": {
            "id": task.id,
            "kind": task.kind,
            "spec_digest": task.digest,
            "protocol": options.protocol,
            "primary": outcome.primary,
        },
        "coverage": dict(outcome.coverage),
        "rulings": list(outcome.rulings),
        "metrics": summarise(outcome.measures, statistics.level),
        "statistics": {
            "unit": context.cohort.group_unit,
            "replicates": statistics.replicates,
            "seed": statistics.seed,
            "level": statistics.level,
            # said where it is so; a record without it shares its draws
            **({} if context.protocol.matched else {"matched": False}),
        },
        "selection": outcome.selection,
        "decodings": outcome.decodings,
        "reproduction": _reproduction(context, outcome, fixed["division"] == "official"),
        "environment": _environment(context),
        "cost": {"seconds": round(seconds, 3), "rows_computed": outcome.rows_computed},
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _reproduction(context: StageContext, outcome: Outcome, official: bool) -> list[dict[str, Any]] | None:
    # the published numbers are of real images
    file = None if context.cohort.synthetic else context.item.task.reference
    rows = load_reference(file) if file else []
    name, protocol = context.item.candidate.name, context.options.protocol
    return reproduction(rows, name, protocol, outcome.measures, official)


def _model(item: Item, session: ModelSession) -> dict[str, Any]:
    card, plugin, options = (
        item.candidate.provided.card,
        item.candidate.provided.plugin,
        item.candidate.options,
    )
    # weights from a folder are told by their digest; an address is claimed only when the user gives one
    address = options.address or ("" if options.path else card.address)
    return {
        "name": item.candidate.name,
        "plugin": plugin.name,
        "package": plugin.package,
        "package_version": plugin.version,
        "address": address,
        "revision": options.revision or (card.revision if address else ""),
        "identity": session.identity_values,
        "identity_digest": session.identity_digest,
        "row_seeds": card.row_seeds,
        "training_cutoff": card.training_cutoff,
    }


def _cohort(item: Item, cohort: Cohort) -> dict[str, Any]:
    return {
        "digest": cohort.digest,
        "resample_key": cohort.resample_key,
        "synthetic": cohort.synthetic,
        "group_unit": cohort.group_unit,
        "counts": cohort.counts(),
        "classes": list(cohort.classes),
        "exclusions": {source: dict(reasons) for source, reasons in cohort.exclusions.items()},
        "access": {
            source: f"{card['access']['url']} ({card['licence']})" for source, card in item.cards.items()
        },
    }


def _environment(context: StageContext) -> dict[str, Any]:
    identity, item = context.session.handle.identity(), context.item
    scored_by = item.evaluators.packages_of(item.task, context.options.protocol)
    packages = {name: found for name in PACKAGES if (found := _version(name))}
    return {
        "medbench": medbench.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()}-{platform.machine()}",
        "packages": {**packages, **scored_by, **_texts(identity.provenance)},
        "devices": list(context.session.devices),
    }


def _texts(provenance: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in provenance.items()}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
