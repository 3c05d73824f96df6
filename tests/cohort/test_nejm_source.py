"""Reader of the NEJM Image Challenge table."""

from __future__ import annotations

import json

import pytest

from medbench.cohort.sources import nejm
from medbench.errors import DataError


def test_sample_cases_in_order_of_date(sample_root):
    table = nejm.read(sample_root / "nejm", {})
    days = [row.sample for row in table.rows]
    assert days[:2] == ["2005-10-13", "2005-10-20"]
    assert days == sorted(days)
    assert days[-1] > "2023-08-31"
    assert (table.group_unit, table.rows[0].group) == ("case", "2005-10-13")


def test_sample_answers_and_untidy_votes(sample_root):
    table = nejm.read(sample_root / "nejm", {})
    for row in table.rows:
        options, answer, votes = row.values["options"], row.values["answer"], row.values["reader_votes"]
        assert len(set(options)) == len(votes) == 5
        assert row.values["reader_share"] == int(votes[answer])
        assert 99 <= sum(map(int, votes)) <= 102
    pictures = [[image.path for image in row.images] for row in table.rows if len(row.images) > 1]
    assert pictures == [["images/IC20051124_1.png", "images/IC20051124_2.png"]]


def case(**changes):
    texts = {f"option_{letter}": f"text {letter}" for letter in "ABCDE"}
    votes = {f"option_{letter}_votes": "20%" for letter in "ABCDE"}
    return {"date": "oct-13-2005", "question": " Which? ", "correct_answer": "B", **texts, **votes, **changes}


def write(make, *cases):
    make("image_challenge_dataset_20231223.json", json.dumps(cases))


def test_states_without_answer_vote_or_image(make, tmp_path):
    write(
        make,
        case(),
        case(date="apr-01-2010", option_B_votes="n/a"),
        case(date="apr-08-2010", correct_answer=""),
        case(date="apr-15-2010"),
    )
    make("images/IC20051013.jpg")
    make("images/ic20100401.PNG")
    table = nejm.read(tmp_path, {})
    shares = {row.sample: row.values["reader_share"] for row in table.rows}
    assert shares == {"2005-10-13": 20, "2010-04-01": None}
    assert table.rows[0].values["question"] == "Which?"
    assert (table.missing_files, table.exclusions) == (1, {"no answer A to E": 1})


def test_pictures_that_no_case_shows_are_counted(make, tmp_path):
    write(make, case())
    for name in ("IC20051013_1.png", "IC20051013_b.png", "IC20051020.png", "cover.png"):
        make(f"images/{name}")
    table = nejm.read(tmp_path, {})
    assert [len(row.images) for row in table.rows] == [1]
    assert table.exclusions == {"picture of no case": 2}
    (lack,) = table.absent_parts
    assert lack.startswith("1 pictures of cases are not named IC")


@pytest.mark.parametrize(
    "changes",
    [{"option_C": None}, {"option_C": " "}, {"option_C": "TEXT A "}, {"question": None}],
)
def test_options_and_question_that_are_none(make, tmp_path, changes):
    write(make, case(), case(date="oct-20-2005", **changes))
    with pytest.raises(DataError, match="five different options") as caught:
        nejm.read(tmp_path, {})
    assert caught.value.code == "MB604" and caught.value.where.endswith("case 2")


def test_votes_that_are_null_are_none(make, tmp_path):
    votes = {f"option_{letter}_votes": None for letter in "ABCDE"}
    write(make, case(**votes, total_number_votes=None))
    make("images/IC20051013.jpg")
    (row,) = nejm.read(tmp_path, {}).rows
    assert {row.values[name] for name in ("reader_votes", "reader_share", "reader_count")} == {None}


def test_two_cases_of_one_date_are_refused(make, tmp_path):
    write(make, case(), case())
    make("images/IC20051013.jpg")
    with pytest.raises(DataError) as caught:
        nejm.read(tmp_path, {})
    assert caught.value.code == "MB606"


@pytest.mark.parametrize("text", ["okt-13-2005", "oct-32-2005", "2005-13-10", "oct 13 2005"])
def test_other_dates_are_refused(text):
    with pytest.raises(DataError) as caught:
        nejm.case_date(text)
    assert caught.value.code == "MB604"


def test_other_tables_are_refused(make, tmp_path):
    assert "image_challenge_dataset" in nejm.find(tmp_path)
    for text in ("{", "[1]", '[{"date": "oct-13-2005"}]'):
        make("image_challenge_dataset_20231223.json", text)
        with pytest.raises(DataError) as caught:
            nejm.read(tmp_path, {})
        assert caught.value.code == "MB604"
