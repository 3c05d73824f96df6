"""The four forms of NEJM cases: the sample in each gives the same table, and damage is named."""

from __future__ import annotations

import csv
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from medbench.cohort.decks import picture, slides
from medbench.cohort.decode import decode, digest
from medbench.cohort.sources import nejm
from medbench.cohort.sources.nejm_case import Case, answer_letter, case_date, date_in, whole_number
from medbench.errors import DataError
from tests.cohort.deck_writer import write_deck

LETTERS = "ABCDE"


def relaid(sample_root, root, form):
    """Write the sample's first twelve cases in one of the other forms; ``(day, question, …)`` of each."""
    rows = nejm.read(sample_root / "nejm", {}).rows[:12]
    table = []
    for row in rows:
        files = [sample_root / "nejm" / image.path for image in row.images]
        question, options, answer = row.values["question"], row.values["options"], row.values["answer"]
        if form == "folders":
            folder = root / "NEJM" / row.sample
            folder.mkdir(parents=True)
            lines = ["A header", question, "", *options, f"Answer: {options[answer]}"]
            (folder / "content.txt").write_text("\n".join(lines))
            for file in files:
                shutil.copy(file, folder)
        elif form == "decks":
            labelled = [f"{letter}. {text}" for letter, text in zip(LETTERS, options, strict=True)]
            big = []
            for number, file in enumerate(files):
                big.append(root / f"big{number}.png")
                root.mkdir(exist_ok=True)
                decode(file).resize((400, 300), Image.Resampling.NEAREST).save(big[-1])
            first = ["Image Challenge", "Q:", question, *labelled]
            write_deck(root / "slides" / f"IC{row.sample}.pptx", [first, [f"Answer: {LETTERS[answer]}"]], big)
            for file in big:
                file.unlink()
        else:
            for file in files:
                (root / "pictures").mkdir(parents=True, exist_ok=True)
                shutil.copy(file, root / "pictures")
            names = ";".join(f"pictures/{file.name}" for file in files)
            votes = ";".join(row.values["reader_votes"])
            table.append([row.sample, question, *options, options[answer], names, votes])
    if table:
        with (root / "cases.csv").open("w", newline="") as stream:
            header = [
                "date",
                "question",
                *(f"option_{letter}" for letter in LETTERS),
                "answer",
                "images",
                "votes",
            ]
            csv.writer(stream).writerows([header, *table])
    return rows


@pytest.mark.parametrize("form", ["folders", "decks", "csv"])
def test_the_sample_reads_the_same_in_every_form(sample_root, tmp_path, form):
    expected = relaid(sample_root, tmp_path / "nejm", form)
    assert nejm.find(tmp_path / "nejm") == ""
    found = nejm.read(tmp_path / "nejm", {})
    assert (found.missing_files, found.exclusions, found.group_unit) == (0, {}, "case")
    for row, other in zip(expected, found.rows, strict=True):
        assert (other.sample, other.group, len(other.images)) == (row.sample, row.group, len(row.images))
        for key in ("question", "options", "answer"):
            assert other.values[key] == row.values[key]
        assert other.values["reader_share"] == (row.values["reader_share"] if form == "csv" else None)
        for image, original in zip(other.images, row.images, strict=True):
            pixels = decode(sample_root / "nejm" / original.path)
            if form == "decks":
                pixels = pixels.resize((400, 300), Image.Resampling.NEAREST)
            assert digest(decode(tmp_path / "nejm" / image.path, image.index)) == digest(pixels)


def test_two_forms_at_once_are_refused(sample_root, tmp_path):
    relaid(sample_root, tmp_path, "csv")
    relaid(sample_root, tmp_path, "folders")
    for call in (lambda: nejm.find(tmp_path), lambda: nejm.read(tmp_path, {})):
        with pytest.raises(DataError, match=r"case folders.*cases\.csv") as caught:
            call()
        assert caught.value.code == "MB662"


def content(make, name, *lines):
    make(f"{name}/a.png")
    make(f"{name}/content.txt", "\n".join(lines))


OPTIONS = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon"]


def test_a_question_of_several_lines_and_labelled_options(make, tmp_path):
    labelled = [f"{number}) {text}" for number, text in enumerate(OPTIONS, start=1)]
    content(
        make, "x1", "Case of 2005-10-13", "Question: What", "is it?", "Options:", *labelled, "answer: Beta."
    )
    content(make, "20051020", "Header", "Which?", *OPTIONS, "Answer: C", "Comment")
    rows = nejm.read(tmp_path, {}).rows
    assert [(row.sample, row.values["question"], row.values["answer"]) for row in rows] == [
        ("2005-10-13", "What is it?", 1),
        ("2005-10-20", "Which?", 2),
    ]
    assert rows[0].values["options"] == tuple(OPTIONS)


@pytest.mark.parametrize(
    ("name", "lines", "message"),
    [
        ("case1", ["Header", "Which?", *OPTIONS, "Answer: Alpha"], "no date"),
        ("20051013", ["Header", "Which?", *OPTIONS], "no line"),
        ("20051013", ["Header", *OPTIONS, "Answer: Alpha"], "no question"),
        ("20051013", ["Header", "Which?", *OPTIONS[:4], "alpha", "Answer: Alpha"], "no question"),
        ("20051013", ["Header", "Which?", *OPTIONS, "Answer: Omega"], "none of the five"),
    ],
)
def test_a_content_txt_of_another_kind_is_refused(make, tmp_path, name, lines, message):
    content(make, name, *lines)
    with pytest.raises(DataError, match=message) as caught:
        nejm.read(tmp_path, {})
    assert caught.value.code == "MB604" and "content.txt" in caught.value.where


def test_logos_and_the_order_of_slides_and_pictures(tmp_path):
    names = []
    for number, size in enumerate([(310, 70), (300, 70), (310, 60), (500, 400)]):
        names.append(tmp_path / f"{number}.png")
        Image.new("RGB", size, (number * 60, 0, 0)).save(names[-1])
    write_deck(tmp_path / "20051013.pptx", [["Which?", *OPTIONS], ["Answer: Delta"]], names)
    (row,) = nejm.read(tmp_path, {}).rows
    assert row.values["answer"] == 3
    sizes = [decode(tmp_path / image.path, image.index).size for image in row.images]
    assert sizes == [(310, 70), (500, 400)]


def test_a_deck_without_an_answer_is_counted_and_one_of_several_cases_refused(tmp_path):
    picture_file = tmp_path / "p.png"
    Image.new("RGB", (400, 400)).save(picture_file)
    write_deck(tmp_path / "20051013.pptx", [["Which?", *OPTIONS]], [picture_file])
    assert nejm.read(tmp_path, {}).exclusions == {"no answer A to E": 1}
    case = ["Which?", *OPTIONS]
    write_deck(tmp_path / "20051020.pptx", [case, ["Answer: A"], case, ["Answer: B"]], [picture_file])
    with pytest.raises(DataError, match="more than one answer"):
        nejm.read(tmp_path, {})


@pytest.mark.parametrize(
    "head",
    ['<!DOCTYPE a [<!ENTITY x "y">]>', '<?xml version="1.0"?><!DOCTYPE p:sld SYSTEM "file:///etc/passwd">'],
)
def test_a_deck_with_declarations_is_refused(tmp_path, head):
    path = write_deck(tmp_path / "20051013.pptx", [["Which?", *OPTIONS]], [], head)
    with pytest.raises(DataError, match="declaration") as caught:
        slides(path)
    assert caught.value.code == "MB664"


@given(st.data())
def test_damaged_decks_are_named(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("deck")
    Image.new("RGB", (400, 400)).save(root / "p.png")
    path = write_deck(root / "20051013.pptx", [["Which?", *OPTIONS], ["Answer: A"]], [root / "p.png"])
    raw = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw)))]
    else:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)
    for call in (lambda: nejm.read(root, {}), lambda: picture(path, 0), lambda: decode(path, 0)):
        try:
            call()
        except DataError as fault:
            assert fault.code in {"MB664", "MB604", "MB607", "MB608", "MB606"}


def test_no_such_picture(tmp_path):
    path = write_deck(tmp_path / "20051013.pptx", [["Which?"]], [])
    for index in (0, -1, None):
        with pytest.raises(DataError) as caught:
            decode(path, index)
        assert caught.value.code == "MB664"


HEAD = "date,question,option_A,option_B,option_C,option_D,option_E,answer,image"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2005-10-13,Q,a,b,c,d,e,f,p.png", "MB604"),
        ("2005-10-13,Q,a,b,c,d,A,b,p.png", "MB604"),
        ("2005-10-13,Q,a,b,c,d,,b,p.png", "MB604"),
        ("13.10.2005,Q,a,b,c,d,e,b,p.png", "MB604"),
        ("2005-10-13,Q,a,b,c,d,e,b,../p.png", "MB633"),
        ("2005-10-13,Q,a,b,c,d,e,b,p.png,more", "MB630"),
    ],
)
def test_cells_of_ones_own_table_that_are_refused(make, tmp_path, row, code):
    make("p.png")
    make("cases.csv", f"{HEAD}\n{row}\n")
    with pytest.raises(DataError) as caught:
        nejm.read(tmp_path, {})
    assert caught.value.code == code


def test_a_row_without_answer_or_with_an_image_missing_is_counted(make, tmp_path):
    make("p.png")
    rows = [
        "2005-10-13,Q,a,b,c,d,e,,p.png",
        "oct-20-2005,Q,a,b,c,d,e,E,P.PNG",
        "2005-10-27,Q,a,b,c,d,e,b,p.png;q.png",
    ]
    make("cases.csv", "\n".join([HEAD, *rows]) + "\n")
    table = nejm.read(tmp_path, {})
    assert [(row.sample, row.values["answer"]) for row in table.rows] == [("2005-10-20", 4)]
    assert (table.exclusions, table.missing_files) == ({"no answer A to E": 1}, 1)


@pytest.mark.parametrize(
    ("votes", "share"),
    [
        (["20%", "61%", "8%", "9%", "1%"], 61),
        (["20%", "62%", "9%", "10%", "1%"], 62),
        (["20", "61.", "8 %", "9", "1"], 61),
        (["20%", "61%", "8%", "n/a", ""], 61),
        (["20%", "n/a", "8%", "9%", "1%"], None),
        (["20%", "61%", "80%", "9%", "1%"], None),
        ([], None),
    ],
)
def test_shares_that_sum_to_99_to_102_and_those_that_mean_nothing(votes, share):
    case = Case("2005-10-13", "Q", tuple(OPTIONS), "B", (), tuple(votes))
    assert case.values()["reader_share"] == share


def test_totals_dates_and_answers():
    totals = ["96,521", "88321.", "12", "", "1.5", "many"]
    assert [whole_number(text) for text in totals] == [96521, 88321, 12, None, None, None]
    assert case_date("apr-01-2010") == case_date("2010-04-01") == "2010-04-01"
    assert (date_in("IC20051013_2"), date_in("2005-10-13 b"), date_in("20051399"), date_in("120051013")) == (
        "2005-10-13",
        "2005-10-13",
        "",
        "",
    )
    for text in ("b", "B", "beta", " Beta. ", "B. Beta", "b) beta"):
        assert answer_letter(text, OPTIONS) == "B"
    assert answer_letter("Bet", OPTIONS) == answer_letter("A. Beta", OPTIONS) == ""


def test_sample_has_the_untidy_totals(sample_root):
    cases = json.loads((sample_root / "nejm" / "image_challenge_dataset_20231223.json").read_text())
    totals = {case["total_number_votes"] for case in cases}
    assert {"96,521", "88321.", ""} <= totals
    counts = [row.values["reader_count"] for row in nejm.read(sample_root / "nejm", {}).rows]
    assert {96521, 88321, None} <= set(counts) and counts.count(None) == 1
