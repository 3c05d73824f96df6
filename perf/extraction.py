"""Extraction against plain loops, each a ratio within one run.

    OMP_NUM_THREADS=1 .venv/bin/python perf/extraction.py [--images N] [--rows N] [--json]

Random weights and made-up images: what is measured does not depend on what they show.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import torch
from extraction_images import images_ratio
from extraction_model import depth_ratios, weights_ratio
from extraction_store import overhead, resumed


def main() -> None:
    """Print one line a row of the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = []
    for what, bar, value in _measured(args.images, args.rows):
        found.append({"what": what, "bar": bar, "measured": value})
        if not args.json:
            print(f"{what:<58}  {bar:<34}  {value}", flush=True)
    if args.json:
        print(json.dumps(found, indent=2))


def _measured(images: int, rows: int):  # type: ignore[no-untyped-def]
    faster, memory, same = depth_ratios()
    told = f"{faster:.2f} x, {memory:.2f} of the memory, {'identical' if same else 'OTHER VECTORS'}"
    yield "activations at 40 % depth", ">= 2.4 x, <= 0.20, identical", told
    yield "weights up to the block at 40 %", "<= 0.45", f"{weights_ratio():.2f}"
    with tempfile.TemporaryDirectory() as place:
        ratio, plain, ours = images_ratio(Path(place), images, "cpu")
        yield f"features of {images} JPEGs", ">= 1.6 x", f"{ratio:.2f} x ({plain:.1f} -> {ours:.1f} images/s)"
    with tempfile.TemporaryDirectory() as place:
        share, calls = overhead(Path(place))
        yield "second task on the same images", "0 forward passes", f"{calls}"
        yield "store and loop beside the bare forward", "<= 5 %", f"{100 * share:.1f} %"
    with tempfile.TemporaryDirectory() as place:
        yield f"resumed with {rows} rows done, model apart", "<= 2 s", f"{resumed(Path(place), rows):.2f} s"
    if not torch.cuda.is_available():
        yield "features on a GPU", ">= 3 x", "no GPU here"
        return
    with tempfile.TemporaryDirectory() as place:
        ratio, plain, ours = images_ratio(Path(place), images, "cuda")
        yield "features on a GPU", ">= 3 x", f"{ratio:.2f} x ({plain:.1f} -> {ours:.1f} images/s)"


if __name__ == "__main__":
    main()
