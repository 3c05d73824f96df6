"""``extends`` of a protocol, of one of medbench's own files, and the chain that a fault shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.errors import SpecError
from medbench.spec import ProbeProtocol, load_task_file, resolve_file, resolve_task

Write = Callable[..., Path]
Faults = Callable[..., list[str]]
SELECT = "protocols:\n  standard-select: {extends: standard, tap: {decoder_depth: [0.5, last]}}\n"


def test_a_protocol_takes_what_it_does_not_say(write: Write) -> None:
    task = load_task_file(write(("protocols:\n", SELECT)))
    standard, select = task.protocols["standard"], task.protocols["standard-select"]
    assert isinstance(standard, ProbeProtocol) and isinstance(select, ProbeProtocol)
    assert select.tap.depths == (0.5, "last") and standard.tap.depths == (0.4,)
    assert select.decoders == standard.decoders


def test_what_it_takes_has_the_place_where_it_was_written(write: Write) -> None:
    resolved = resolve_file(write(("protocols:\n", SELECT)))
    places = {path: (o.line, o.column) for path, o in resolved.origins.items()}
    own = places["protocols", "standard-select", "tap", "decoder_depth"]
    taken = ("tap", "encoder_output")
    assert own == (16, 46)
    assert places["protocols", "standard-select", *taken] == places["protocols", "standard", *taken]


def test_a_protocol_takes_from_the_nearest_file(write: Write) -> None:
    write(("protocols:\n", SELECT), name="_base.yaml")
    near = "extends: _base.yaml\nid: X2\nprotocols: {standard: {tap: {encoder_output: projected}}}\n"
    task = load_task_file(write(text=near, name="X2.yaml"))
    select = task.protocols["standard-select"]
    assert isinstance(select, ProbeProtocol) and select.tap.encoder_output == "projected"


def test_a_protocol_to_extend_that_is_not_there(faults: Faults) -> None:
    [found] = faults(("protocols:\n", SELECT.replace("extends: standard", "extends: standrad")))
    assert found == "16:21 MB308 no protocol 'standrad' to extend; did you mean 'standard'?"


@pytest.mark.parametrize(
    ("others", "parent"), [("", "standard"), ("  paper: {extends: standard}\n", "paper")]
)
def test_protocols_that_extend_each_other(others: str, parent: str, faults: Faults) -> None:
    ring = f"protocols:\n{others}  standard:\n    extends: {parent}\n"
    found = faults(("protocols:\n  standard:\n", ring))
    assert "MB302" in found[0] and len(found) == 1


def test_medbenchs_own_files_are_found_from_anywhere(write: Write) -> None:
    text = "extends: medbench:T5.yaml\nid: X5\n"
    resolved = resolve_task(write(text=text, name="X5.yaml"))
    assert resolved.value["title"].startswith("Diabetic retinopathy")


def test_one_that_does_not_exist_names_the_nearest(faults: Faults) -> None:
    [found] = faults(text="extends: medbench:_prob.yaml\nid: X1\n")
    assert "did you mean 'medbench:_probe.yaml'?" in found
    [bare] = faults(text="extends: _probe.yaml\nid: X1\n")
    assert "did you mean 'medbench:_probe.yaml'?" in bare, "and never the file itself"


def test_a_fault_in_an_extended_file_shows_the_chain(write: Write) -> None:
    write(("title: A task", "titel: A task"), name="_far.yaml")
    write(text="extends: _far.yaml\n", name="_near.yaml")
    with pytest.raises(SpecError) as caught:
        load_task_file(write(text="id: X2\nextends: _near.yaml\n", name="X2.yaml"))
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("_far.yaml:4:1: MB203 unknown key 'titel'; did you mean 'title'?")
    assert [line.rpartition("/")[2] for line in lines if "extended by" in line] == [
        "_near.yaml:1:1", "X2.yaml:2:1",
    ]  # fmt: skip


def test_a_fault_of_the_file_itself_shows_no_chain(write: Write) -> None:
    write(name="_base.yaml")
    with pytest.raises(SpecError) as caught:
        load_task_file(write(text="extends: _base.yaml\nidd: X2\n", name="X2.yaml"))
    assert "extended by" not in str(caught.value)
