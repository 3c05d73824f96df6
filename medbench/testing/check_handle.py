"""Contract tests of a card and its handle: no weights are loaded."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from medbench.models import Need, Prompt, Turn
from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.prompts import image, probe_prompt
from medbench.testing.subject import Subject

__all__ = ["identity_complete", "identity_weights", "memory_estimate", "opens", "render"]

DIGEST = re.compile(r"(sha256[:-])?[0-9a-f]{32,128}")
COPIED_MIB = 256
WEIGHTS = ("*.safetensors", "*.bin", "*.pt", "*.pth", "*.npz")


def opens(subject: Subject) -> Numbers:
    """The card opens, and the handle says what kind of model it is."""
    handle = subject.handle
    blocks, outputs = handle.blocks, tuple(handle.outputs)
    if blocks is not None and (not isinstance(blocks, int) or blocks < 1 or outputs):
        raise Failed(f"blocks is {blocks!r} with outputs {outputs}: a decoder has blocks and no named output")
    if blocks is None and "activations" in subject.card.capabilities and not outputs:
        raise Failed("neither blocks nor outputs: nothing can be tapped")
    if not all(isinstance(name, str) and name for name in outputs):
        raise Failed(f"outputs are {outputs!r}, expected names")
    least = int("activations" in subject.card.capabilities)
    if not isinstance(handle.width, int) or handle.width < least:
        raise Failed(f"width is {handle.width!r}, expected a whole number of at least {least}")
    return {"blocks": blocks or 0, "outputs": ", ".join(outputs), "width": handle.width}


def identity_complete(subject: Subject) -> Numbers:
    """The identity names all that can change an output, in stable non-empty strings."""
    values = dict(subject.handle.identity().values)
    bad = [f"{k!r}: {v!r}" for k, v in values.items() if not (_text(k) and _text(v))]
    if bad or not values:
        raise Failed(f"identity values must be non-empty strings: {', '.join(bad) or 'there are none'}")
    wanted = ["dtype", "numerics_version", *(["weights"] if subject.card.needs_weights else [])]
    lacking = [name for name in wanted if name not in values]
    if lacking:
        raise Failed(f"identity values lack {', '.join(lacking)}")
    if subject.card.needs_weights and not DIGEST.fullmatch(values["weights"]):
        raise Failed(f"weights is {values['weights']!r}, expected a digest of their content in hex")
    again = dict(subject.card.open(subject.options).identity().values)
    changed = sorted(name for name in {*values, *again} if values.get(name) != again.get(name))
    if changed:
        raise Failed(f"opened twice, the identity differs in {', '.join(changed)}")
    return {"values": len(values)}


def identity_weights(subject: Subject) -> Numbers:
    """One changed byte of the weights changes the identity; the same bytes elsewhere do not."""
    folder = _weights_folder(subject)
    before = subject.handle.identity().values["weights"]
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "copy")
        shutil.copytree(folder, copy)
        options = replace(subject.options, path=str(copy))
        if subject.card.open(options).identity().values["weights"] != before:
            raise Failed("the same files in another folder have another weights digest")
        _change_last_byte(max(_weight_files(copy), key=lambda file: file.stat().st_size))
        if subject.card.open(options).identity().values["weights"] == before:
            raise Failed("a byte of the weights was changed, and the weights digest is the same")
    return {}


def _weights_folder(subject: Subject) -> Path:
    path = subject.options.path
    if not subject.card.needs_weights or not path or not Path(path).is_dir():
        raise Skipped("no local folder of weights was named (--model-args path=…)")
    size = sum(file.stat().st_size for file in Path(path).rglob("*") if file.is_file()) / 2**20
    if size > COPIED_MIB or not _weight_files(Path(path)):
        raise Skipped(f"no weight files, or more than {COPIED_MIB} MiB to copy")
    return Path(path)


def _weight_files(folder: Path) -> list[Path]:
    return [file for pattern in WEIGHTS for file in folder.glob(pattern)]


def _change_last_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def render(subject: Subject) -> Numbers:
    """A prompt renders to the same text each time, and what is read is in it."""
    handle, short = subject.handle, probe_prompt(1)
    long = probe_prompt(1, "First, look at the margin of the lesion and at its colour. Question: Answer:")
    texts = [handle.render(prompt) for prompt in (short, short, long)]
    counts = [handle.count_tokens(prompt) for prompt in (short, short, long)]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(n, int) for n in counts):
        raise Failed("render gives a str, count_tokens an int")
    if texts[0] != texts[1] or counts[0] != counts[1]:
        raise Failed("the same prompt rendered or counted differently the second time")
    if handle.render(Prompt((Turn("verbatim", (image(2), *short.turns[0].parts[1:])),))) != texts[0]:
        raise Failed("the rendered text depends on the pixels of an image")
    if texts[2] == texts[0]:
        # an image encoder reads no text, and says so by rendering the same
        if handle.blocks is not None or "generate" in subject.card.capabilities:
            raise Failed("the text of a prompt is not in what is rendered")
        return {"tokens": counts[0]}
    if "margin of the lesion" not in texts[2]:
        raise Failed("the text of a prompt is not in what is rendered")
    if not 0 < counts[0] < counts[2]:
        raise Failed("a longer text does not have more tokens", short=counts[0], long=counts[2])
    return {"tokens": counts[0], "tokens of the longer": counts[2]}


def memory_estimate(subject: Subject) -> Numbers:
    """The memory that the weights need is a number, and does not shrink when more is needed."""
    estimate = subject.handle.memory_gib
    small = estimate(Need(subject.taps[:1])) if subject.need.taps else 0.0
    whole = estimate(subject.need)
    if not all(isinstance(n, int | float) and math.isfinite(n) and n >= 0 for n in (small, whole)):
        raise Failed(f"memory_gib gave {small!r} and {whole!r}, expected numbers of at least 0")
    if small > whole:
        raise Failed("the first tap alone needs more memory than everything", first=small, whole=whole)
    return {"first tap (GiB)": small, "everything (GiB)": whole}


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
