"""JSON Schema validation whose faults point at file, line and column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin
from medbench.spec.parse import Key

__all__ = ["load_schema", "schema_faults"]


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft-07) ``task``, ``suite``, ``source`` or ``reference`` from the wheel."""
    text = (files("medbench.spec") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_faults(name: str, value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> list[Fault]:
    """Every fault of ``value`` against a schema, each at the position of the key it concerns."""
    from jsonschema import Draft7Validator

    faults: list[Fault] = []
    hidden: set[tuple[Key, str]] = set()
    errors = list(Draft7Validator(load_schema(name)).iter_errors(value))
    for error in errors:
        if error.validator == "additionalProperties":
            for key, hint, replaces in _unknown_keys(error):
                path: Key = (*error.absolute_path, key)
                faults.append(Fault(_origin(origins, path), "MB203", f"unknown key {key!r}", hint))
                if replaces:
                    hidden.add((tuple(error.absolute_path), replaces))
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator == "required":
            key = next(
                k for k in error.validator_value if k not in error.instance and repr(k) in error.message
            )
            if (path, key) not in hidden:
                faults.append(
                    Fault(_origin(origins, path), "MB202", f"missing key {key!r}", _describe(error, key))
                )
        elif error.validator != "additionalProperties":
            faults.append(Fault(_origin(origins, path), *_wrong_value(error, path)))
    return faults


def _unknown_keys(error: Any) -> Iterator[tuple[str, str, str]]:
    known = set(error.schema.get("properties", {}))
    for key in error.instance:
        if key in known or str(key).startswith("x-"):
            continue
        hint = did_you_mean(str(key), known)
        near = hint.split("'")[1] if hint.startswith("did") else ""
        yield str(key), hint, near


def _describe(error: Any, key: str) -> str:
    description = error.schema.get("properties", {}).get(key, {}).get("description", "")
    return f"it says: {description}" if description else ""


def _wrong_value(error: Any, path: Key) -> tuple[str, str, str]:
    name = ".".join(map(str, path)) or "the file"
    value = json.dumps(error.instance, ensure_ascii=False)
    value = value if len(value) <= 60 else value[:57] + "..."
    if error.validator == "enum":
        return (
            "MB205",
            f"{name} is {value}",
            did_you_mean(str(error.instance), map(str, error.validator_value)),
        )
    if error.validator == "const":
        return "MB205", f"{name} is {value}, expected {error.validator_value!r}", ""
    if error.validator == "type":
        return "MB204", f"{name} is {value}, expected {_types(error.validator_value)}", ""
    if error.schema is False or error.validator is None:
        return "MB206", f"{name} has no meaning here", ""
    return "MB207", f"{name}: {error.message if len(error.message) < 120 else error.validator}", ""


def _types(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " or ".join(value)


def _origin(origins: Mapping[Key, Origin], path: Key) -> Origin:
    while path and path not in origins:
        path = path[:-1]
    return origins[path]
