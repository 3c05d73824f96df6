"""Features of JPEGs end to end against a plain loop: PIL, processor, model, one after the other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from extraction_store import KEY, TAP, prompt_of
from PIL import Image

from medbench.cohort import ImageRef
from medbench.inference import ImageLoader, Store, Work, compute_activations, make_plan
from medbench.models import Prompt
from medbench.spec import ImagePreparation

BATCH = 16


def write_jpegs(place: Path, count: int) -> list[Path]:
    """Smooth noise of 2 to 6 megapixels, as large files as photographs of that size."""
    draw = np.random.default_rng(1)
    files = []
    for i in range(count):
        width, height = (int(side * draw.uniform(1, 1.7)) for side in (1600, 1300))
        small = Image.fromarray(draw.integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8))
        files.append(place / f"{i}.jpg")
        small.resize((width, height), Image.Resampling.BICUBIC).save(files[-1], quality=90)
    return files


class Encoder:
    """A random ViT and its processor."""

    def __init__(self, device: str) -> None:
        from transformers import ViTConfig, ViTImageProcessor, ViTModel

        torch.manual_seed(1)
        config = ViTConfig(
            hidden_size=384, num_hidden_layers=12, num_attention_heads=6, intermediate_size=1536
        )
        self.device, self.model = device, ViTModel(config).eval().to(device)
        self.processor = ViTImageProcessor()

    def features(self, images: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Float32 (n, 384)."""
        pixels = self.processor(images=list(images), return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            return self.model(pixel_values=pixels.to(self.device)).last_hidden_state[:, 0].cpu().numpy()

    def activations(self, prompts: Sequence[Prompt], taps: Any) -> Any:
        """As the contract says."""
        values = self.features([prompt.images()[0].image for prompt in prompts])
        return dict.fromkeys(taps, values)


def images_ratio(place: Path, count: int, device: str) -> tuple[float, float, float]:
    """Seconds of the plain loop by ours, and images a second of both."""
    files, model = write_jpegs(place, count), Encoder(device)
    model.features([Image.open(files[0]).convert("RGB")])
    begin = time.perf_counter()
    for start in range(0, count, BATCH):
        model.features([Image.open(file).convert("RGB") for file in files[start : start + BATCH]])
    plain = time.perf_counter() - begin
    begin = time.perf_counter()
    loader = ImageLoader({"s": place}, ImagePreparation(1024, "none"))
    names = {loader.read("s", ImageRef(f.name)).digest: ImageRef(f.name) for f in files}
    store = Store(place / "cache", KEY)
    plan = make_plan(place / "shards.json", store, list(names), ["pooled"], BATCH)
    work = Work(
        store, plan, lambda name: prompt_of(loader.load("s", names[name])), lambda _: None,
        lambda: model, loader.pixels,  # type: ignore[arg-type,return-value]
    )  # fmt: skip
    compute_activations(work, [TAP])
    ours = time.perf_counter() - begin
    return plain / ours, count / plain, count / ours
