"""Whether each protocol says everything that it needs and nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key

__all__ = ["protocol_faults"]


def protocol_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    """A ranking by no decoding, a solver without settings, a grid that does not rise, a depth twice."""
    check = _probe if value["kind"] == "probe" else _choice
    for name, protocol in value["protocols"].items():
        yield from check(protocol, ("protocols", name), origins)


def _choice(protocol: Mapping[str, Any], path: Key, origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    rank_by, known = protocol["rank_by"], protocol["decodings"]
    if rank_by not in known:
        where = nearest(origins, (*path, "rank_by"))
        message = f"ranks by {rank_by!r}, which is no decoding"
        yield Fault(where, "MB404", message, did_you_mean(rank_by, known))
    for name, decoding in known.items():
        if decoding["top_k"] == 0 and decoding["tries"] > 1:
            where = nearest(origins, (*path, "decodings", name, "tries"))
            yield Fault(where, "MB404", f"{decoding['tries']} tries of a greedy decoding are all the same")


def _probe(protocol: Mapping[str, Any], path: Key, origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    probe = protocol["probe"]
    for kind, solver in probe["solver"].items():
        if solver not in probe:
            where = nearest(origins, (*path, "probe", "solver", kind))
            message = f"{kind} are fitted by {solver}, and the settings of {solver} are missing"
            yield Fault(where, "MB408", message, f"add probe.{solver}")
    grid = probe.get("lbfgs", {}).get("C", [])
    if sorted(set(grid)) != grid:
        yield Fault(nearest(origins, (*path, "probe", "lbfgs", "C")), "MB405", "the grid of C does not rise")
    depths = protocol["tap"]["decoder_depth"]
    several = isinstance(depths, list)
    where = nearest(origins, (*path, "tap", "decoder_depth"))
    if several and probe["solver"]["decoders"] != "lbfgs":
        message = "several depths are chosen from by validation, which the lbfgs probe alone has"
        yield Fault(where, "MB408", message)
    if several and protocol["tap"].get("decoder_block") is not None:
        yield Fault(where, "MB408", "a block is named, so there are no depths to choose from")
