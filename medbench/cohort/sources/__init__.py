"""Source readers, one module a provider, imported when asked for; and the two for data of one's own."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from medbench.cohort.source import SourceReader
from medbench.cohort.sources.guarded import Guarded
from medbench.cohort.sources.image_csv import ImageCsv
from medbench.cohort.sources.image_folder import ImageFolder
from medbench.errors import DataError, did_you_mean
from medbench.spec import LocalSource

__all__ = ["READERS", "local_reader", "reader"]

READERS: dict[str, str] = {
    "airogs": "medbench.cohort.sources.airogs",
    "aptos-2019": "medbench.cohort.sources.aptos_2019",
    "crc-val-he-7k": "medbench.cohort.sources.crc_val_he_7k",
    "eyepacs-2015": "medbench.cohort.sources.eyepacs_2015",
    "ham10000": "medbench.cohort.sources.ham10000",
    "isic-2018-task3": "medbench.cohort.sources.isic_2018_task3",
    "most": "medbench.cohort.sources.most",
    "nct-crc-he-100k": "medbench.cohort.sources.nct_crc_he_100k",
    "nejm": "medbench.cohort.sources.nejm",
    "oai": "medbench.cohort.sources.oai",
    "odir-5k": "medbench.cohort.sources.odir_5k",
    "padchest": "medbench.cohort.sources.padchest",
    "pannuke": "medbench.cohort.sources.pannuke",
    "siim-isic-2020": "medbench.cohort.sources.siim_isic_2020",
}
"""Module of each source's reader."""


def reader(source_id: str) -> SourceReader:
    """The reader of a source.

    Raises:
        DataError: MB620, no reader has this id.
    """
    if source_id not in READERS:
        raise DataError("MB620", f"unknown source {source_id!r}", hint=did_you_mean(source_id, READERS))
    return Guarded(cast(SourceReader, import_module(READERS[source_id])))


def local_reader(source: LocalSource) -> SourceReader:
    """The reader of a data set of one's own, as the task that declares it says."""
    return Guarded(ImageCsv(source) if source.reader == "image-csv" else ImageFolder(source))
