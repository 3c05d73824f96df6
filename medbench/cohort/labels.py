"""The classes of a task and the label of each sample, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from medbench.cohort.place import Placed
from medbench.errors import DataError, did_you_mean
from medbench.spec import Label, Task

__all__ = ["check_classes", "class_names", "label_of"]


def class_names(task: Task, placed: Sequence[Placed]) -> tuple[str, ...]:
    """The spec's classes, or those that its rule finds in the test part; none for a choice task.

    Raises:
        DataError: MB612, the rule finds none.
    """
    label = task.data.label
    if label is None or label.more_than is None:
        return label.classes if label else ()
    positives: dict[str, int] = {}
    for item in placed:
        if item.split == "test":
            for name in _labels(item, label):
                positives[name] = positives.get(name, 0) + 1
    classes = tuple(sorted(name for name, n in positives.items() if n > label.more_than))
    if not classes:
        raise DataError(
            "MB612", f"no label has more than {label.more_than} positives in the test part", task.id
        )
    return classes


def _labels(item: Placed, label: Label) -> tuple[str, ...]:
    value = item.row.values[label.column]
    return value if isinstance(value, tuple) else (str(value),)


def label_of(task: Task, item: Placed, classes: tuple[str, ...]) -> int | tuple[int, ...]:
    """The class index of a sample; 0 or 1 a class for a multilabel task, an option's index for a choice task.

    Raises:
        DataError: MB611, its label is none of the classes.
    """
    label = task.data.label
    if label is None:
        answer = item.row.values["answer"]
        assert isinstance(answer, int), "a case's answer is an option index"
        return answer
    if label.multilabel:
        present = set(_labels(item, label))
        return tuple(int(name in present) for name in classes)
    value = str(item.row.values[label.column])
    if value not in classes:
        hint = "the label map of the spec and the source's reader disagree"
        raise DataError(
            "MB611",
            f"{label.column} is {value!r} in {item.source}, not one of {', '.join(classes)}",
            where=f"{task.id}: {item.place}" if item.place else task.id,
            hint=did_you_mean(value, classes) if item.source in task.data.local else hint,
        )
    return classes.index(value)


def check_classes(task: Task, placed: Sequence[Placed], classes: tuple[str, ...]) -> None:
    """Refuse a class that no row of a task's own data sets has: a slip of the pen would score as a negative.

    Raises:
        DataError: MB639.
    """
    label = task.data.label
    if label is None or not placed or not set(task.data.sources) <= set(task.data.local):
        return
    found = {name for item in placed for name in _labels(item, label)}
    for name in classes:
        if name not in found:
            hint = did_you_mean(name, found - set(classes) or found)
            raise DataError("MB639", f"no row has {label.column} {name!r}", f"{task.id}: data.label", hint)
