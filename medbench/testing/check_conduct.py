"""Contract tests of conduct: loading, what is offered, memory, standard output, other processes, closing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import numpy as np

from medbench.containment import contained
from medbench.errors import RunError
from medbench.models import Model, Prompt, Sampling, Turn
from medbench.testing.check_activations import SAME
from medbench.testing.check_replies import GREEDY
from medbench.testing.closeness import widest
from medbench.testing.other_process import outputs, outputs_elsewhere
from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.prompts import OPTIONS, failing_image, probe_prompt, probe_prompts
from medbench.testing.subject import Subject
from medbench.testing.tensors import tensor_mib

__all__ = ["capabilities", "closes", "loads", "other_process", "out_of_memory", "quiet", "side_effects"]


def loads(subject: Subject) -> Numbers:
    """The model loads with everything that the card offers."""
    if subject.model is None:
        raise Failed("load gave nothing")
    return {"memory by its estimate (GiB)": subject.handle.memory_gib(subject.need)}


def capabilities(subject: Subject) -> Numbers:
    """What the card offers works, and what it does not offer is refused."""
    offered = subject.card.capabilities
    calls: dict[str, Callable[[Model], object]] = {
        "activations": lambda model: model.activations(probe_prompts(rows=1), subject.taps),
        "generate": lambda model: model.generate(subject.cases(1), GREEDY, np.zeros((1, 1), np.uint64)),
        "option_loglikelihood": lambda model: model.option_loglikelihood(subject.cases(1), [OPTIONS]),
    }
    unknown = sorted(set(offered) - set(calls))
    if unknown or not offered:
        raise Failed(f"capabilities are {', '.join(unknown) or 'none'}; known: {', '.join(calls)}")
    for name, call in calls.items():
        if name in offered:
            call(subject.model)
        elif _works(call, subject):
            raise Failed(f"{name} works, and the card does not offer it")
    return {"offered": ", ".join(sorted(offered))}


def _works(call: Callable[[Model], object], subject: Subject) -> bool:
    try:
        call(subject.model)
    except Exception:
        return False
    return True


def quiet(subject: Subject) -> Numbers:
    """Nothing is printed on standard output, which belongs to ``--json``."""
    with contained(0) as seen:
        _use(subject)
    printed = subject.printed + seen.printed
    if printed:
        said = printed.decode(errors="replace").splitlines()[0][:60]
        raise Failed(f"it prints on standard output: {said!r}; use logging", bytes=len(printed))
    return {}


def side_effects(subject: Subject) -> Numbers:
    """Loading and calling leave folder, signals and standard output as they were, and fork nothing."""
    before = _surroundings()
    with subject.afresh(), contained(0) as seen:
        _use(subject)
    changed = [name for name, value in _surroundings().items() if before[name] != value]
    if changed:
        raise Failed(f"it changes {', '.join(changed)}")
    if seen.forked or subject.forked:
        raise Failed("it forks the process")
    return {}


def _surroundings() -> dict[str, object]:
    handlers = {name: signal.getsignal(getattr(signal, name)) for name in ("SIGINT", "SIGTERM")}
    return {"the current folder": os.getcwd(), "standard output": id(sys.stdout), **handlers}  # noqa: PTH109


def _use(subject: Subject) -> None:
    if "activations" in subject.card.capabilities:
        subject.activations(probe_prompts(rows=2))
    if "generate" in subject.card.capabilities:
        subject.replies(subject.cases(2), Sampling(4, 1.0, 50))


def out_of_memory(subject: Subject) -> Numbers:
    """Running out of memory is a ``MemoryError``, so that the harness can say what helps."""
    if not subject.reads_images:
        raise Skipped("the card says that the model takes no image")
    prompt = probe_prompt(1)
    text = prompt.turns[0].parts[-1]
    fault = _memory_fault(subject)
    asked: list[str] = []
    shown = Prompt((Turn("verbatim", (failing_image(fault, asked), text)),))
    try:
        if "activations" in subject.card.capabilities:
            subject.model.activations([shown], subject.taps)
        else:
            subject.model.generate([shown], GREEDY, np.zeros((1, 1), np.uint64))
    except (MemoryError, RunError):
        return {"raised inside": type(fault).__name__}
    except Exception as raised:
        raise Failed(
            f"{type(fault).__name__} becomes {type(raised).__name__}, expected MemoryError"
        ) from raised
    if not asked:
        raise Skipped("it does not read the image's pixels")
    raise Failed(f"{type(fault).__name__} is swallowed; a batch that is too large would be counted as wrong")


def _memory_fault(subject: Subject) -> BaseException:
    torch = sys.modules.get("torch")
    if torch is not None and "torch" in subject.card.requires:
        kind: type[BaseException] = torch.OutOfMemoryError
        return kind("CUDA out of memory. Tried to allocate 2.00 GiB.")
    return MemoryError("simulated")


def other_process(subject: Subject) -> Numbers:
    """A second process gives the same activations and replies."""
    if not subject.light:
        raise Skipped("too large to be loaded by a second process")
    here, there = outputs(subject), outputs_elsewhere(subject)
    numbers: dict[str, float | int | str] = {}
    if here["activations"]:
        apart = widest(
            {tap: np.array(v) for tap, v in there["activations"].items()},
            {tap: np.array(v) for tap, v in here["activations"].items()},
        )
        numbers = {"difference": apart, "tolerance": SAME}
        if not apart <= SAME:
            raise Failed("another process gives other activations", **numbers)
    if here["replies"] != there["replies"]:
        raise Failed("another process gives other replies")
    return numbers


def closes(subject: Subject) -> Numbers:
    """``close`` frees the memory, and may be called twice."""
    numbers: dict[str, float | int | str] = {}
    if subject.model is not None:
        # what else this process holds is none of the model's
        full = tensor_mib() - subject.foreign_mib
    model = subject.drop()
    assert model is not None
    model.close()
    model.close()
    left = tensor_mib() - subject.foreign_mib
    if full > 0:
        numbers = {"tensors before (MiB)": full, "after (MiB)": left}
        if left > 0.1 * full + 1:
            raise Failed("after close the weights are still in memory", **numbers)
    return numbers
