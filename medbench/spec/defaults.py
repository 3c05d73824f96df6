"""Values that a spec leaves out, from its schema's ``default``."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from medbench.spec.parse import Key
from medbench.spec.schema import is_valid
from medbench.spec.schema_words import resolve

__all__ = ["fill_defaults"]


def fill_defaults(value: dict[str, Any], schema: Mapping[str, Any]) -> set[Key]:
    """Complete a validated value in place; a default of ``null`` means "none" and adds nothing.

    Returns:
        The path of every key that was added.
    """
    return set(_fill(value, schema, schema, ()))


def _fill(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], path: Key) -> Iterator[Key]:
    for part in _parts(value, schema, root):
        if isinstance(value, dict):
            yield from _fill_mapping(value, part, root, path)
        elif isinstance(value, list) and "items" in part:
            for index, item in enumerate(value):
                yield from _fill(item, part["items"], root, (*path, index))


def _fill_mapping(
    value: dict[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], path: Key
) -> Iterator[Key]:
    properties = schema.get("properties", {})
    for key, described in properties.items():
        if key not in value and described.get("default") is not None:
            value[key] = copy.deepcopy(described["default"])
            yield (*path, key)
        if key in value:
            yield from _fill(value[key], described, root, (*path, key))
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        for key, item in value.items():
            if key not in properties:
                yield from _fill(item, others, root, (*path, key))


def _parts(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema and every branch of it that applies to ``value``."""
    schema = resolve(schema, root)
    yield schema
    for part in schema.get("allOf", ()):
        yield from _parts(value, part, root)
    if "if" in schema:
        branch = schema.get("then" if is_valid(value, schema["if"]) else "else")
        if branch is not None:
            yield from _parts(value, branch, root)
