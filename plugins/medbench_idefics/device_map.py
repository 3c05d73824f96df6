"""Which card each part of a large IDEFICS goes to: a gated block beside the blocks that it stands before.

accelerate places modules in the order of their definition, which puts all gated blocks on the last cards, two
hops away from their neighbours (measured: 20 of 20 on four cards). Here a group of one gated block and the
blocks up to the next is never cut.
"""

from __future__ import annotations

from collections.abc import Mapping

from medbench_idefics.shape import Shape

__all__ = ["device_map"]

HEADROOM = 0.9
"""Share of a card's free memory that weights may take; the rest is for activations."""


def device_map(
    shape: Shape, blocks: int, free: Mapping[int, int], bytes_each: float, head: bool
) -> dict[str, int]:
    """Card of every module, for ``from_pretrained(device_map=…)``.

    Embeddings and vision are on the first card, where inputs go; norm and head on the last one used. Groups
    follow each other, shared out in proportion to the memory that is free.

    Args:
        blocks: decoder blocks that are loaded.
        free: bytes free on each card, in the order in which they are to be filled.
        bytes_each: bytes a parameter.
        head: the whole model with its LM head (module names begin with ``model.``), else the decoder alone.

    Raises:
        MemoryError: a card would have to hold more than it can.
    """
    cards = list(free)
    groups = [range(start, min(start + shape.interval, blocks)) for start in range(0, blocks, shape.interval)]
    sizes = [shape.parameters_of_group(len(group)) * bytes_each for group in groups]
    first, last = (part * bytes_each for part in shape.parameters_outside(head))
    places = _share_out([first + sizes[0], *sizes[1:-1], sizes[-1] + last], [free[card] for card in cards])
    _refuse_overfull(places, [first + sizes[0], *sizes[1:-1], sizes[-1] + last], [*free.values()])
    prefix = "model." if head else ""
    outer = dict.fromkeys((f"{prefix}{name}" for name in _first_modules(shape)), cards[places[0]])
    for number, (group, place) in enumerate(zip(groups, places, strict=True)):
        outer[f"{prefix}gated_cross_attn_layers.{number}"] = cards[place]
        outer |= {f"{prefix}layers.{block}": cards[place] for block in group}
    outer[f"{prefix}norm"] = cards[places[-1]]
    return outer | ({"lm_head": cards[places[-1]]} if head else {})


def _first_modules(shape: Shape) -> tuple[str, ...]:
    resampler = ("perceiver_resampler",) if shape.config.get("use_resampler", False) else ()
    return ("embed_tokens", "vision_model", *resampler)


def _share_out(sizes: list[float], free: list[int]) -> list[int]:
    """Card number of each size: where its middle falls when all sizes are laid along all free memory."""
    total, memory = sum(sizes), float(sum(free))
    places, done = [], 0.0
    for size in sizes:
        middle = (done + size / 2) / total * memory
        done += size
        edge, place = 0.0, len(free) - 1
        for card, room in enumerate(free):
            edge += room
            if middle < edge:
                place = card
                break
        places.append(place)
    return places


def _refuse_overfull(places: list[int], sizes: list[float], free: list[int]) -> None:
    for card, room in enumerate(free):
        held = sum(size for place, size in zip(places, sizes, strict=True) if place == card)
        if held > HEADROOM * room:
            gib = 1024**3
            raise MemoryError(f"card {card} would hold {held / gib:.0f} GiB, {room / gib:.0f} GiB are free")
