"""A task of one's own to start from: a spec for people to edit, a table, and images drawn by medbench."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group, draw_traits, two_sided
from medbench.cohort.samples.mark import NOTE
from medbench.cohort.samples.paint_colour import lesion
from medbench.cohort.samples.saving import save_image, save_table, save_text
from medbench.cohort.source import SAMPLE_MARK

__all__ = ["write_task"]

CLASSES = ("benign", "malignant")
PATIENTS = 24
SHAPE = (54, 72)
HEADER = ["image", "patient", "site", "finding"]
DISTANCE = 1.0
"""Between the classes' means, in standard deviations of one image: well above chance, well below perfect."""

SPEC = """\
# yaml-language-server: $schema=task.schema.json
# $schema: task.schema.json
# A task of your own. Edit it, then: medbench validate {id}.yaml
# The images are drawn by medbench. When your own data is here, delete MEDBENCH-SYNTHETIC.json:
# as long as it is there, every record says that the data is synthetic.
schema: medbench.task/1
id: {id}  # the name of this file, too
extends: medbench:_probe.yaml  # prompt, probe and statistics, as in medbench's own tasks
title: Benign or malignant spots in synthetic images  # one line
discipline: other  # or pathology, dermatology, ophthalmology, radiology, mixed
data:
  sources:
    {source}:  # your data; its files lie beside this one
      reader: image-csv  # a table names the images; with image-folder, folders name the labels
      table: labels.csv  # CSV, TSV or XLSX: one row an image
      folder: images
      image: image  # the column with the file's name
      patient: patient  # the column with the patient, who is never both in train and in test
  train: [{source}]
  test: [{source}]
  split: {{rule: by-group, group: patient, test_fraction: 0.3}}  # 30 % of the patients are the test
  label: {{column: finding, classes: [benign, malignant]}}  # the negative class first
metrics: {{primary: roc_auc, report: [roc_auc, f1_macro, accuracy]}}
report_by: [site]  # columns by which the score is reported, too
"""


def write_task(folder: Path, name: str, taken: Sequence[str] = ()) -> None:
    """Write ``<name>.yaml``, its schema, ``labels.csv``, ``images/`` and a sample's mark: always the same.

    Args:
        folder: an empty folder.
        name: the task's id.
        taken: ids of sources that the task's own data must not be called.
    """
    source = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    source += "-own" if source in taken else ""
    save_text(folder / f"{name}.yaml", SPEC.format(id=name, source=source))
    schema = files("medbench.spec") / "schemas" / "task.schema.json"
    save_text(folder / "task.schema.json", schema.read_text(encoding="utf-8"))
    save_table(folder / "labels.csv", HEADER, _draw(folder / "images"))
    mark = {"schema": "medbench.sample/1", "source": source, "note": NOTE}
    save_text(folder / SAMPLE_MARK, json.dumps(mark, indent=1, sort_keys=True) + "\n")


def _draw(folder: Path) -> Iterator[list[str]]:
    """Rows of the table, each after its image is saved."""
    rng = np.random.Generator(np.random.Philox(key=20231221))
    number = 0
    for patient in range(PATIENTS):
        shared, kind = draw_group(rng), patient % 2
        # by fours, so that both classes have patients of two images and of three
        for _ in range(3 if patient % 4 < 2 else 2):
            number += 1
            image = f"spot-{number:02d}.png"
            traits = draw_traits(rng, two_sided(DISTANCE)[kind], shared)
            save_image(folder / image, lesion(rng, traits, SHAPE))
            yield [image, f"p{patient + 1:02d}", "AB"[patient // 2 % 2], CLASSES[kind]]
