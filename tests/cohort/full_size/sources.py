"""Every source's writer by its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from . import dermatology, kather, knees, nejm, ophthalmology, padchest, pannuke

__all__ = ["WRITERS"]

WRITERS: Mapping[str, Callable[[Path], None]] = {
    "nct-crc-he-100k": kather.write_100k,
    "crc-val-he-7k": kather.write_7k,
    "pannuke": pannuke.write,
    "ham10000": dermatology.write_ham10000,
    "isic-2018-task3": dermatology.write_isic_2018,
    "siim-isic-2020": dermatology.write_siim,
    "eyepacs-2015": ophthalmology.write_eyepacs,
    "aptos-2019": ophthalmology.write_aptos,
    "airogs": ophthalmology.write_airogs,
    "odir-5k": ophthalmology.write_odir,
    "padchest": padchest.write,
    "oai": knees.write_oai,
    "most": knees.write_most,
    "nejm": nejm.write,
}
