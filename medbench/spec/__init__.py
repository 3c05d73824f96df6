"""Declarative specs: one YAML file a task, validated, resolved, hashed, with faults at file:line:column."""

from medbench.spec.catalogue import Catalogue, name_fault
from medbench.spec.extend import Resolved, resolve_file
from medbench.spec.home import benchmarks_folder, documents_folder
from medbench.spec.load import load_task_file, resolve_task
from medbench.spec.plain import load_plain_file, load_reference
from medbench.spec.protocol import (
    AdamProbe,
    ChoiceProtocol,
    Decoding,
    ImagePreparation,
    LbfgsProbe,
    ModelRule,
    ProbeProtocol,
    ProbeSettings,
    Quantisation,
    SgdProbe,
    TapRule,
)
from medbench.spec.schema import load_schema
from medbench.spec.task import (
    DataSpec,
    Label,
    LocalSource,
    SourcePart,
    Split,
    Statistics,
    Strata,
    Task,
)

__all__ = [
    "AdamProbe",
    "Catalogue",
    "ChoiceProtocol",
    "DataSpec",
    "Decoding",
    "ImagePreparation",
    "Label",
    "LbfgsProbe",
    "LocalSource",
    "ModelRule",
    "ProbeProtocol",
    "ProbeSettings",
    "Quantisation",
    "Resolved",
    "SgdProbe",
    "SourcePart",
    "Split",
    "Statistics",
    "Strata",
    "TapRule",
    "Task",
    "benchmarks_folder",
    "documents_folder",
    "load_plain_file",
    "load_reference",
    "load_schema",
    "load_task_file",
    "name_fault",
    "resolve_file",
    "resolve_task",
]
