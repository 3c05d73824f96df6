"""Every source has a card, and the card says what the reader does."""

from __future__ import annotations

import pytest

from medbench.cohort.sources import READERS, reader
from medbench.spec.catalogue import Catalogue
from medbench.spec.schema import load_schema


def test_every_source_has_a_card():
    assert set(Catalogue().source_files) == set(READERS)


@pytest.mark.parametrize("source", sorted(READERS))
def test_card_agrees_with_the_reader(sample_root, source):
    card = Catalogue().source(source)
    assert card["id"] == source
    assert card["group_unit"] == reader(source).read(sample_root / source, {}).group_unit
    assert card["egress"] == ("ask" if source == "nejm" else "forbidden")


def test_every_key_of_the_schema_is_described_with_an_example():
    def check(schema):
        assert schema["description"]
        assert schema["examples"]
        for key in schema.get("properties", {}).values():
            check(key)

    for key in load_schema("source")["properties"].values():
        check(key)
