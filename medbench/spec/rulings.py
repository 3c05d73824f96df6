"""Rulings: what was chosen where the source is open, held against the value that carries the choice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key

__all__ = ["ruling_faults", "value_at"]


def ruling_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    """Rulings whose key is not there or holds something else."""
    for number, ruling in value["rulings"].items():
        if not ruling["at"]:
            continue
        try:
            found = value_at(value, ruling["at"])
        except KeyError as lost:
            where = nearest(origins, ("rulings", number, "at"))
            message = f"ruling {number} is about {ruling['at']}, which is not there"
            yield Fault(where, "MB412", message, did_you_mean(lost.args[0], lost.args[1]))
            continue
        if found != ruling["is"]:
            where = nearest(origins, ("rulings", number, "is"))
            said, is_ = (json.dumps(v, ensure_ascii=False) for v in (ruling["is"], found))
            message = f"ruling {number} says {ruling['at']} is {said}, and it is {is_}"
            hint = f"a spec that decides otherwise says so: rulings: {{{number}: {{is: …, because: …}}}}"
            yield Fault(where, "MB412", message, hint)


def value_at(value: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path.

    Raises:
        KeyError: with the key that is not there, and the keys that are.
    """
    found: Any = value
    for key in path.split("."):
        known = list(found) if isinstance(found, Mapping) else []
        if key not in known:
            raise KeyError(key, known)
        found = found[key]
    return found
