"""What authors of torch plugins need. This page imports no torch, so that a plugin's handle may use it.

The parts that work on tensors are imported by module, once a model is loaded: ``torchkit.taps``,
``torchkit.row_sampler``, ``torchkit.truncated``, ``torchkit.loading``, ``torchkit.replies``.
"""

from medbench.torchkit.devices import placement
from medbench.torchkit.dtypes import dtype_name, gib
from medbench.torchkit.encoder import ActivationsOnly, ImageOnly, only_image
from medbench.torchkit.memory import memory_errors
from medbench.torchkit.rows import row_by_row
from medbench.torchkit.weights import (
    files_digest,
    local_checkpoint,
    refuse_other_architecture,
    weight_files,
    weights_digest,
)

__all__ = [
    "ActivationsOnly",
    "ImageOnly",
    "dtype_name",
    "files_digest",
    "gib",
    "local_checkpoint",
    "memory_errors",
    "only_image",
    "placement",
    "refuse_other_architecture",
    "row_by_row",
    "weight_files",
    "weights_digest",
]
