"""The card of a data set of one's own, from its declaration in a task."""

from __future__ import annotations

from typing import Any

from medbench.spec.task import LocalSource

__all__ = ["local_card"]


def local_card(source: LocalSource, discipline: str) -> dict[str, Any]:
    """The same keys as the card of a provider's source; what nobody stated is empty text."""
    settings = source.settings
    return {
        "schema": "medbench.source/1",
        "id": source.id,
        "title": settings["title"],
        "discipline": discipline,
        "group_unit": source.group[0],
        "licence": settings["licence"],
        "access": {"url": "", "how": "a data set of one's own, declared in the task"},
        "egress": settings["egress"],
        "publish": settings["publish"],
        "cite": settings["cite"],
        "files": settings.get("table", settings["folder"]),
        "columns": {},
        "options": {},
    }
