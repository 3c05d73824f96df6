"""The contract between the harness and a model plugin. Imports no torch and, at run time, no numpy."""

from medbench.models.built_in import EXTRACTORS, METRICS
from medbench.models.card import Capability, ModelCard, OpenOptions, resolve
from medbench.models.contract import PLUGIN_API, Handle, Identity, Model, offered
from medbench.models.evaluators import ExtractorCard, MetricCard
from medbench.models.launchers import LauncherCard
from medbench.models.need import Finish, Need, Reply, Sampling, Tap
from medbench.models.prompt import ImagePart, Part, Prompt, Role, Turn

__all__ = [
    "EXTRACTORS",
    "METRICS",
    "PLUGIN_API",
    "Capability",
    "ExtractorCard",
    "Finish",
    "Handle",
    "Identity",
    "ImagePart",
    "LauncherCard",
    "MetricCard",
    "Model",
    "ModelCard",
    "Need",
    "OpenOptions",
    "Part",
    "Prompt",
    "Reply",
    "Role",
    "Sampling",
    "Tap",
    "Turn",
    "offered",
    "resolve",
]
