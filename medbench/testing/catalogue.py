"""Every contract test, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from medbench.errors import UsageError, did_you_mean
from medbench.models import Capability
from medbench.testing import (
    check_activations,
    check_conduct,
    check_handle,
    check_import,
    check_likelihood,
    check_need,
    check_replies,
    check_sampling,
)
from medbench.testing.outcome import Numbers
from medbench.testing.subject import Subject

__all__ = ["CHECKS", "GATES", "Check", "chosen"]


@dataclass(frozen=True)
class Check:
    """One contract test.

    Attributes:
        id: its name, and its anchor in ``docs/checks.md``.
        run: gives what was measured, or raises ``Failed`` or ``Skipped``.
        needs: capabilities without which it does not apply.
    """

    id: str
    run: Callable[[Subject], Numbers]
    needs: tuple[Capability, ...] = ()

    @property
    def title(self) -> str:
        """What is promised, in one line."""
        return (self.run.__doc__ or "").strip().splitlines()[0]


TAPS: tuple[Capability, ...] = ("activations",)
WRITES: tuple[Capability, ...] = ("generate",)
SCORES: tuple[Capability, ...] = ("option_loglikelihood",)

GATES = ("opens", "loads")
"""Where one of these fails, nothing after it can be tested."""

CHECKS = (
    Check("import-without-torch", check_import.import_without_torch),
    Check("opens", check_handle.opens),
    Check("identity-complete", check_handle.identity_complete),
    Check("identity-weights", check_handle.identity_weights),
    Check("render", check_handle.render),
    Check("memory-estimate", check_handle.memory_estimate),
    Check("loads", check_conduct.loads),
    Check("capabilities", check_conduct.capabilities),
    Check("shapes", check_activations.shapes, TAPS),
    Check("dtype", check_activations.dtype, TAPS),
    Check("finite", check_activations.finite, TAPS),
    Check("order", check_activations.order, TAPS),
    Check("batch-invariance", check_activations.batch_invariance, TAPS),
    Check("determinism", check_activations.determinism, TAPS),
    Check("need-is-enough", check_need.need_is_enough, TAPS),
    Check("image-matters", check_activations.image_matters),
    Check("several-images", check_activations.several_images),
    Check("replies", check_replies.replies, WRITES),
    Check("greedy-batch", check_replies.greedy_batch, WRITES),
    Check("row-error", check_replies.row_error, WRITES),
    Check("row-seeds", check_sampling.row_seeds, WRITES),
    Check("seeds-differ", check_sampling.seeds_differ, WRITES),
    Check("top-k-1", check_sampling.top_k_one, WRITES),
    Check("top-k", check_sampling.top_k, WRITES),
    Check("sampler-law", check_sampling.sampler_law, WRITES),
    Check("likelihood", check_likelihood.likelihood, SCORES),
    Check("likelihood-agrees", check_likelihood.likelihood_agrees, (*SCORES, *WRITES)),
    Check("other-process", check_conduct.other_process),
    Check("out-of-memory", check_conduct.out_of_memory),
    Check("quiet", check_conduct.quiet),
    Check("side-effects", check_conduct.side_effects),
    Check("closes", check_conduct.closes),
)


def chosen(ids: Iterable[str]) -> tuple[Check, ...]:
    """The tests of these ids and the gates before them, in order; all of them for no id.

    Raises:
        UsageError: there is no test of an id (MB011).
    """
    names = list(ids)
    known = [check.id for check in CHECKS]
    for name in names:
        if name not in known:
            raise UsageError("MB011", f"unknown check {name!r}", "--select", did_you_mean(name, known))
    if not names:
        return CHECKS
    last = max(known.index(name) for name in names)
    gates = {name for name in GATES if known.index(name) <= last}
    return tuple(check for check in CHECKS if check.id in {*names, *gates})
