"""Declarative specs: one YAML file a task, validated, resolved, hashed, with faults at file:line:column."""

from medbench.spec.catalogue import Catalogue, benchmarks_folder
from medbench.spec.load import load_plain_file, load_reference, load_task_file, resolve_file
from medbench.spec.schema import load_schema
from medbench.spec.task import (
    ChoiceProtocol,
    DataSpec,
    Decoding,
    ImagePreparation,
    Label,
    ProbeProtocol,
    SourcePart,
    Split,
    Statistics,
    Strata,
    TapRule,
    Task,
)

__all__ = [
    "Catalogue",
    "ChoiceProtocol",
    "DataSpec",
    "Decoding",
    "ImagePreparation",
    "Label",
    "ProbeProtocol",
    "SourcePart",
    "Split",
    "Statistics",
    "Strata",
    "TapRule",
    "Task",
    "benchmarks_folder",
    "load_plain_file",
    "load_reference",
    "load_schema",
    "load_task_file",
    "resolve_file",
]
