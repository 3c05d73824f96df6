"""Encoders of timm and open_clip: their cards, and their tests in an environment that has the libraries.

The main environment stays without torchvision: transformers would prepare images by it, and the registry's
build does not load beside a CPU build of torch. The new environment points to the packages of this one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from medbench.cli.main import main
from medbench_hf.plugin import medbench_resolve_model

# torchvision 0.28 is the release for the torch 2.13 that README and CI install
PACKAGES = ("timm==1.0.31", "open_clip_torch==3.3.0", "torchvision==0.28.0", "ftfy", "wcwidth")
# That torchvision is built for CUDA: beside a CPU build of torch its compiled operators do not load, and its
# import fails where it registers their shapes. timm and open_clip use its transforms, which are Python; the
# operators are declared without code in that environment, so that a call of one would still fail.
DECLARED = """import torch
if torch.version.cuda is None:
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}", "(Tensor a, Tensor b, float c) -> Tensor")
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("libraries") / "venv"
    venv.create(place, with_pip=False)
    [site] = place.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), *PACKAGES]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode and not os.environ.get("MEDBENCH_CI"):
        pytest.skip("no package registry can be reached")
    assert done.returncode == 0, done.stderr[-2000:]
    (site / "parent.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    (site / "declared_operators.py").write_text(DECLARED)
    (site / "with_operators.pth").write_text("import declared_operators\n")
    return place / "bin" / "python"


def test_both_libraries_in_an_environment_that_has_them(interpreter: Path) -> None:
    line = [str(interpreter), "-m", "pytest", "-p", "no:cacheprovider", "-rs"]
    done = subprocess.run(
        [*line, "tests/plugins/image_libraries.py"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    assert " passed" in done.stdout and "skipped" not in done.stdout


@pytest.mark.parametrize(
    ("name", "extra", "library"),
    [
        ("timm:vit_base_patch16_224.augreg_in21k", "medbench[timm]", "timm"),
        ("open_clip:ViT-B-32", "medbench[open-clip]", "open_clip"),
        ("open-clip:ViT-B-32", "medbench[open-clip]", "open_clip"),
    ],
)
def test_a_card_names_the_extra_that_brings_the_library(name: str, extra: str, library: str) -> None:
    card = medbench_resolve_model(name)
    assert card is not None and card.extra == extra and library in card.requires
    assert card.capabilities == frozenset({"activations"})


@pytest.mark.parametrize(
    "name", ["timm:", "timm:tiny/nothing", "open_clip:tiny/vit", "keras:vit", "timm:a b"]
)
def test_other_names_are_not_theirs(name: str) -> None:
    assert medbench_resolve_model(name) is None


def test_a_missing_library_is_told_with_the_line_that_installs_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "timm:vit_base_patch16_224"]) != 0
    assert "medbench[timm]" in capsys.readouterr().err
