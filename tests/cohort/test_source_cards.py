"""Every source has a card, and the card says what the reader does."""

from __future__ import annotations

import pytest

from medbench.cohort.sources import READERS, reader
from medbench.errors import DataError
from medbench.spec.catalogue import Catalogue


def test_every_source_has_a_card():
    assert set(Catalogue().source_files) == set(READERS)


@pytest.mark.parametrize("source", sorted(READERS))
def test_card_agrees_with_the_reader(sample_root, source):
    card = Catalogue().source(source)
    assert card["id"] == source
    assert card["group_unit"] == reader(source).read(sample_root / source, {}).group_unit
    assert card["egress"] == ("ask" if source == "nejm" else "forbidden")


@pytest.mark.parametrize("source", sorted(READERS))
def test_the_card_names_the_columns_and_all_their_values(sample_root, source):
    card = Catalogue().source(source)
    rows = reader(source).read(sample_root / source, {}).rows
    assert {column for row in rows for column in row.values} == set(card["columns"])
    for column, described in card["columns"].items():
        if "values" in described:
            found = {row.values[column] for row in rows} - {None}
            assert found <= set(described["values"]), column


@pytest.mark.parametrize("source", sorted(READERS))
def test_the_reader_takes_the_options_of_the_card_and_no_other(sample_root, source):
    card = Catalogue().source(source)
    read = reader(source).read
    plain = read(sample_root / source, {})
    for option, values in card["options"].items():
        assert read(sample_root / source, {option: values[0]}) == plain, "the default is the first"
        for value in values:
            assert read(sample_root / source, {option: value}).rows
        with pytest.raises(DataError) as caught:
            read(sample_root / source, {option: "no-such-value"})
        assert caught.value.code == "MB603" and all(value in caught.value.hint for value in values)
    with pytest.raises(DataError):
        read(sample_root / source, {"no-such-option": "x"})
