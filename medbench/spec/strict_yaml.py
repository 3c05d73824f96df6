"""YAML 1.2 without its surprises: no anchors, tags, merges or other versions; a date stays text."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.events import AliasEvent

__all__ = ["strict_yaml"]

MAX_DEPTH = 40
"""Far more than any spec needs, and far less than Python's stack."""


class _Constructor(RoundTripConstructor):
    """A class of its own, so that the rule for dates is nobody else's."""


# a date such as 2005-10-13 is a case id here
_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda maker, node: maker.construct_scalar(node))


class _Composer(Composer):
    """Refuses what would give a value from elsewhere in the file, or of a type of its own."""

    levels = 0

    def compose_document(self) -> Any:
        event = self.parser.peek_event()
        if event.version not in (None, (1, 2)):
            raise ComposerError(None, None, "specs are YAML 1.2; leave the directive out", event.start_mark)
        return super().compose_document()  # type: ignore[no-untyped-call, unused-ignore]

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        refused = (
            "anchors and aliases are not taken; share values by extends"
            if isinstance(event, AliasEvent) or event.anchor is not None
            else "tags are not taken"
            if event.tag is not None
            else f"nested deeper than {MAX_DEPTH} levels"
            if self.levels > MAX_DEPTH
            else ""
        )
        if refused:
            raise ComposerError(None, None, refused, event.start_mark)
        self.levels += 1
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node


def strict_yaml() -> YAML:
    """A parser of round-trip documents, whose mappings and lists know line and column."""
    yaml = YAML(typ="rt", pure=True)
    yaml.version = "1.2"  # type: ignore[assignment, unused-ignore]
    yaml.Composer = _Composer
    yaml.Constructor = _Constructor
    return yaml
