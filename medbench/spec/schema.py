"""JSON Schema validation whose faults point at file, line and column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key

__all__ = ["is_valid", "load_schema", "schema_faults"]


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft-07) ``task``, ``suite``, ``source`` or ``reference`` from the wheel."""
    text = (files("medbench.spec") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_faults(name: str, value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> list[Fault]:
    """Every fault of ``value`` against a schema, each at the position of the key it concerns."""
    errors = _without_echoes(list(_validator()(load_schema(name)).iter_errors(value)))
    unknown = [found for error in errors for found in _unknown_keys(error)]
    # a misspelt key is one fault, not also the lack of the key that it stands for
    hidden = {(path[:-1], meant) for path, _, meant in unknown if meant}
    faults = [
        Fault(nearest(origins, path), "MB203", f"unknown key {path[-1]!r}", hint) for path, hint, _ in unknown
    ]
    for error in errors:
        path: Key = tuple(error.absolute_path)
        if error.validator == "required":
            key = next(k for k in error.validator_value if error.message.startswith(f"{k!r} "))
            if (path, key) not in hidden:
                message = f"missing key {key!r}"
                faults.append(Fault(nearest(origins, path), "MB202", message, _describe(error, key)))
        elif not _is_about_keys(error):
            faults.append(Fault(nearest(origins, path), *_wrong_value(error, path)))
    return faults


def is_valid(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether ``value`` fits a schema that refers to no other."""
    return bool(_validator()(schema).is_valid(value))


@cache
def _validator() -> Any:
    """Draft-07 in which 1000.0 is no integer: what counts things is written as a whole number."""
    from jsonschema import Draft7Validator, validators

    types = Draft7Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    return validators.extend(Draft7Validator, type_checker=types)  # type: ignore[no-untyped-call]


def _without_echoes(errors: list[Any]) -> list[Any]:
    """What is wrong inside a key that has no meaning here does not matter."""
    idle = [tuple(error.absolute_path) for error in errors if error.validator == "not"]
    return [
        error
        for error in errors
        if error.validator == "not"
        or not any(tuple(error.absolute_path)[: len(path)] == path for path in idle)
    ]


def _is_about_keys(error: Any) -> bool:
    return error.validator == "additionalProperties" or "propertyNames" in error.absolute_schema_path


def _unknown_keys(error: Any) -> Iterator[tuple[Key, str, str]]:
    """Path of each unknown key, a hint, and the known key that it may stand for."""
    if not _is_about_keys(error):
        return
    path: Key = tuple(error.absolute_path)
    if error.validator == "pattern":
        yield (*path, error.instance), f"a name here is like {error.validator_value}", ""
        return
    if error.validator == "additionalProperties":
        known = set(error.schema["properties"])
        keys = [key for key in error.instance if key not in known]
    else:
        known, keys = set(error.validator_value), [error.instance]
    for key in keys:
        hint = did_you_mean(key, known)
        meant = next((name for name in known if hint == f"did you mean {name!r}?"), "")
        yield (*path, key), hint, meant


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
        wants_text = "string" in error.validator_value and not isinstance(error.instance, dict | list)
        hint = "put it in quotes" if wants_text and error.instance is not None else ""
        return "MB204", f"{name} is {value}, expected {_types(error.validator_value)}", hint
    if error.validator == "not":
        return "MB206", f"{name} has no meaning here", ""
    return "MB207", f"{name}: {error.message if len(error.message) < 120 else error.validator}", ""


def _types(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " or ".join(value)
