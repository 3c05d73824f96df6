"""The record of an item, from what its stage found."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import medbench
from medbench.atomic import canonical_json
from medbench.cohort import Cohort
from medbench.models import Identity
from medbench.record import RECORD_SCHEMA
from medbench.runner.options import RunOptions
from medbench.runner.outcome import Outcome, StageContext
from medbench.runner.readiness import Item
from medbench.scoring import summarise

__all__ = ["assemble_record", "fixed_part"]

PACKAGES = ("numpy", "pillow", "pluggy", "safetensors", "scikit-learn", "scipy")


def fixed_part(
    item: Item, cohort: Cohort, content: str, identity: Identity, options: RunOptions
) -> dict[str, Any]:
    """What is known of a record before anything is computed; a record on disk that has it is still good."""
    deviations = [*cohort.deviations]
    if options.seed is not None:
        deviations.append(f"sampling seed {options.seed}")
    return {
        "schema": RECORD_SCHEMA,
        "division": "open" if deviations else "official",
        "deviations": deviations,
        "model": _model(item, identity),
        "cohort": {**_cohort(item, cohort), "content_digest": content},
    }


def assemble_record(
    context: StageContext, content: str, identity: Identity, outcome: Outcome, seconds: float
) -> dict[str, Any]:
    """The whole record but the digest of its replicates."""
    task, options = context.item.task, context.options
    statistics = task.statistics
    return {
        **fixed_part(context.item, context.cohort, content, identity, options),
        "task": {
            "id": task.id,
            "kind": task.kind,
            "spec_digest": task.digest,
            "protocol": options.protocol,
            "primary": outcome.primary,
        },
        "coverage": dict(outcome.coverage),
        "metrics": summarise(outcome.measures, statistics.level),
        "statistics": {
            "unit": context.cohort.group_unit,
            "replicates": statistics.replicates,
            "seed": statistics.seed,
            "level": statistics.level,
        },
        "selection": outcome.selection,
        "decodings": outcome.decodings,
        "environment": _environment(identity, context.session.devices),
        "cost": {"seconds": round(seconds, 3), "rows_computed": outcome.rows_computed},
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _model(item: Item, identity: Identity) -> dict[str, Any]:
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
        "identity": dict(identity.values),
        "identity_digest": hashlib.sha256(canonical_json(dict(identity.values)).encode()).hexdigest(),
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


def _environment(identity: Identity, devices: tuple[str, ...]) -> dict[str, Any]:
    packages = {name: found for name in PACKAGES if (found := _version(name))}
    return {
        "medbench": medbench.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()}-{platform.machine()}",
        "packages": {**packages, **_texts(identity.provenance)},
        "devices": list(devices),
    }


def _texts(provenance: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in provenance.items()}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
