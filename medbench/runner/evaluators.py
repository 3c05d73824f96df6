"""Which metrics and extractor a task asks for, and which plugin gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medbench.choice import EXTRACTOR
from medbench.models import EXTRACTORS, METRICS, ExtractorCard, MetricCard
from medbench.spec import ChoiceProtocol, Task

if TYPE_CHECKING:
    from medbench.hooks import Plugins

__all__ = ["Evaluators", "evaluators", "lack_of"]


@dataclass(frozen=True)
class Evaluators:
    """Cards by name.

    Attributes:
        packages: version of each package that is not medbench's own, by the evaluator it gives.
    """

    metrics: Mapping[str, MetricCard] = field(default_factory=lambda: METRICS)
    extractors: Mapping[str, ExtractorCard] = field(default_factory=lambda: EXTRACTORS)
    packages: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def packages_of(self, task: Task, protocol: str) -> dict[str, str]:
        """Packages whose code scores a task, with their versions."""
        return dict(self.packages[name] for name in _asked(task, protocol) if name in self.packages)


def evaluators(plugins: Plugins) -> Evaluators:
    """Everything that the loaded plugins give; medbench's own is always there.

    Raises:
        PluginError: two plugins give one name (MB703).
    """
    metrics, extractors = plugins.metrics(), plugins.extractors()
    given = {**metrics, **extractors}
    own = {*METRICS, *EXTRACTORS}
    return Evaluators(
        {**METRICS, **{name: card for name, (card, _) in metrics.items()}},
        {**EXTRACTORS, **{name: card for name, (card, _) in extractors.items()}},
        {name: (info.package, info.version) for name, (_, info) in given.items() if name not in own},
    )


def lack_of(task: Task, protocol: str, known: Evaluators) -> str:
    """Why a task cannot be scored with what is there; empty when it can."""
    for name in _asked(task, protocol):
        if name not in known.metrics and name not in known.extractors and ":" in name:
            return f"{name!r} is a plugin's, and no plugin gives it"
    card = known.metrics.get(task.primary)
    if task.kind == "probe" and card is not None and card.direction == "lower":
        return f"{task.primary!r} is better when it is lower, and a task ranks by more"
    label = task.data.label
    several = [name for name in task.report if label and label.multilabel and name in known.metrics]
    single = [name for name in several if not known.metrics[name].multilabel]
    return f"{single[0]!r} does not take several labels a row" if single else ""


def _asked(task: Task, protocol: str) -> tuple[str, ...]:
    rule = task.protocols[protocol]
    extractor = (rule.extractor,) if isinstance(rule, ChoiceProtocol) and rule.extractor != EXTRACTOR else ()
    return (*task.report, *extractor)
