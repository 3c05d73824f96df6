"""What a JSON Schema allows at one place, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["Schema", "allowed", "as_code", "resolve"]

Schema = Mapping[str, Any]

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "array": "list",
    "object": "mapping",
    "null": "`null`",
}
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "pattern": "like `{}`",
}


def resolve(schema: Schema, root: Schema) -> Schema:
    """The definition that a ``$ref`` names, or the schema itself."""
    if "$ref" not in schema:
        return schema
    found: Schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    return found


def as_code(value: Any) -> str:
    """A value as it may be written in YAML, in code marks."""
    return f"`{value if _is_plain(value) else json.dumps(value, ensure_ascii=False)}`"


def _is_plain(value: Any) -> bool:
    """Whether it is a text that stays one without quotes."""
    if not isinstance(value, str) or not value or "`" in value:
        return False
    try:
        json.loads(value)
    except ValueError:
        return True
    return False


def allowed(schema: Schema, root: Schema) -> str:
    """Types, values and limits, as in ``list of text, each once``.

    >>> allowed({"type": "integer", "minimum": 1}, {})
    'whole number, at least 1'
    """
    schema = resolve(schema, root)
    if "const" in schema:
        return as_code(schema["const"])
    if "enum" in schema:
        return _either([as_code(value) for value in schema["enum"]])
    if "type" not in schema and "if" in schema:
        forms = [allowed(schema[branch], root) for branch in ("then", "else") if branch in schema]
        return "; or ".join(dict.fromkeys(forms))
    types = schema.get("type", "anything")
    names = [types] if isinstance(types, str) else types
    # what a list holds is said before that there may be none
    words = TYPES.get(names[0], names[0]) + _content(schema, root)
    return ", ".join([" or ".join([words, *(TYPES.get(name, name) for name in names[1:])]), *_limits(schema)])


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _content(schema: Schema, root: Schema) -> str:
    items, others = schema.get("items"), schema.get("additionalProperties")
    if isinstance(items, Mapping):
        inner = allowed(items, root)
        return f" of ({inner})" if "," in inner or ";" in inner else f" of {inner}"
    if isinstance(others, Mapping) and not schema.get("properties"):
        names = schema.get("propertyNames", {}).get("enum")
        named = f" ({', '.join(map(as_code, names))})" if names else ""
        return f" from names{named} to {allowed(others, root)}"
    return ""


def _limits(schema: Schema) -> Iterator[str]:
    for key, words in LIMITS.items():
        if key in schema:
            yield words.format(schema[key])
    if "minItems" in schema and schema["minItems"] == schema.get("maxItems"):
        yield f"{schema['minItems']} of them"
    elif schema.get("minItems", 0) > 1:
        yield f"at least {schema['minItems']} of them"
    elif schema.get("minItems") or schema.get("minProperties") or schema.get("minLength"):
        yield "not empty"
    if schema.get("uniqueItems"):
        yield "each once"
