"""A schema as a page."""

from __future__ import annotations

from typing import Any

from medbench.spec import load_schema
from medbench.spec.document import schema_page
from medbench.spec.schema_words import allowed

TEXT = {"type": "string", "description": "words", "examples": ["a|b"]}
SCHEMA: dict[str, Any] = {
    "title": "small",
    "description": "A small schema.",
    "properties": {
        "kind": {"enum": ["a", "b"], "description": "which", "examples": ["a"]},
        "part": {"$ref": "#/definitions/part"},
        "note": {**TEXT, "default": None},
        "empty": {**TEXT, "default": ""},
    },
    "required": ["kind", "part"],
    "allOf": [
        {
            "if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
            "then": {
                "required": ["more"],
                "properties": {"part": {"$ref": "#/definitions/part"}, "note": {"not": {}}},
            },
        }
    ],
    "definitions": {
        "part": {
            "type": "object",
            "description": "a part",
            "examples": [{"x": 1}],
            "properties": {
                "x": {"type": "integer", "minimum": 1, "description": "how many", "examples": [1]}
            },
            "additionalProperties": {
                "type": "array",
                "items": TEXT,
                "description": "others",
                "examples": [["y"]],
            },
        }
    },
}


def test_a_page_has_a_row_a_key_and_a_heading_a_condition() -> None:
    lines = schema_page("small", SCHEMA).splitlines()
    assert lines[0] == "# small"
    before, after = (
        lines[: lines.index("## When `kind` is `a`")],
        lines[lines.index("## When `kind` is `a`") :],
    )
    assert [line for line in before if line.startswith("| `")] == [
        "| `kind` | `a` or `b` | required | which | `a` |",
        '| `part` | mapping | required | a part | `{"x": 1}` |',
        "| `part.x` | whole number, at least 1 | may lack | how many | `1` |",
        '| `part.*` | list of text | none | others | `["y"]` |',
        r"| `note` | text | none | words | `a\|b` |",
        r'| `empty` | text | `""` | words | `a\|b` |',
    ]
    assert "Required here: `more`." in after
    assert "Without meaning here, and refused: `note`." in after
    assert '| `part` | mapping | required | a part | `{"x": 1}` |' in after


def test_conditions_inside_a_mapping_have_its_path() -> None:
    page = schema_page("task", load_schema("task"))
    for heading in (
        "## When `kind` is `choice`",
        "## When `kind` is `probe`",
        "### When `data.split.rule` is `by-group`",
        "### When `data.sources.*.reader` is `image-folder`",
        "### When `data.sources.*.lists.*` has `columns`",
        "### `data.sources.*.lists.*` otherwise",
    ):
        assert f"\n{heading}\n" in page
    assert "\n| `data.train[].source` |" in page
    assert "\n| `protocols.*.tap.decoder_depth` |" in page


def test_forms_of_a_value_are_said_together() -> None:
    forms = {
        "if": {"type": "string"},
        "then": {"enum": ["auto"]},
        "else": {"type": "integer", "minimum": 1},
    }
    assert allowed(forms, {}) == "`auto`; or whole number, at least 1"
    assert allowed({"type": ["string", "null"]}, {}) == "text or `null`"
    assert allowed({"type": "array", "items": forms, "uniqueItems": True}, {}) == (
        "list of (`auto`; or whole number, at least 1), each once"
    )
    names = {"additionalProperties": {"type": "string"}, "propertyNames": {"enum": ["p", "q"]}}
    assert allowed({"type": "object", **names}, {}) == "mapping from names (`p`, `q`) to text"


def test_a_text_that_looks_like_something_else_has_quotes() -> None:
    assert allowed({"enum": ["1", "true", "", "plain", 1]}, {}) == '`"1"`, `"true"`, `""`, `plain` or `1`'
