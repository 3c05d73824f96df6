"""One model in memory for as long as it is needed, loaded only when something is left to compute."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from medbench.atomic import canonical_json
from medbench.errors import PluginError, RunError, UserError
from medbench.models import Model, Need
from medbench.runner.readiness import Candidate

__all__ = ["ModelSession"]


class ModelSession:
    """Loads a candidate's model for a need and keeps it until another need, or the end."""

    def __init__(self, candidate: Candidate, devices: Sequence[str]) -> None:
        assert candidate.handle is not None, "only ready items are run"
        self.candidate, self.handle = candidate, candidate.handle
        self._asked = tuple(devices)
        self._need: Need | None = None
        self._model: Model | None = None

    @property
    def devices(self) -> tuple[str, ...]:
        """Devices asked for; else every CUDA device that is visible; else the CPU."""
        if self._asked or "torch" not in self.candidate.provided.card.requires:
            return self._asked or ("cpu",)
        import torch

        return tuple(f"cuda:{i}" for i in range(torch.cuda.device_count())) or ("cpu",)

    @property
    def identity_digest(self) -> str:
        """SHA-256 (hex) of the identity values."""
        return hashlib.sha256(canonical_json(self.identity_values).encode()).hexdigest()

    @property
    def identity_values(self) -> dict[str, str]:
        """What the model is, as its plugin says.

        Raises:
            PluginError: the plugin fails, or gives something else than text by name (MB715).
        """
        try:
            values = dict(self.handle.identity().values)
        except (KeyboardInterrupt, UserError):
            raise
        except BaseException as fault:
            why = f"identity raised {type(fault).__name__}: {fault}"
            raise PluginError("MB715", why, self.candidate.name) from fault
        bad = [f"{name!r}: {said!r}" for name, said in values.items() if not (_text(name) and _text(said))]
        if bad or not values:
            why = f"identity values must be non-empty text: {', '.join(bad) or 'there are none'}"
            raise PluginError("MB715", why, self.candidate.name)
        return values

    def key_values(self) -> dict[str, str]:
        """Identity values that key the store.

        Without a digest of weights an identity such as ``{"version": "1"}`` may be another model's as well,
        so the model's opener is added.
        """
        values = self.identity_values
        return values if "weights" in values else {**values, "opener": self.candidate.provided.card.opener}

    def model(self, need: Need) -> Model:
        """The model, loaded for ``need``.

        Raises:
            RunError: it does not fit into memory (MB802).
            PluginError: the plugin fails to load it (MB705).
        """
        if self._model is not None and self._need == need:
            return self._model
        self.close()
        name = self.candidate.name
        try:
            self._model, self._need = self.handle.load(need, self.devices), need
        except (KeyboardInterrupt, UserError):
            raise
        except MemoryError as fault:
            gib = self.handle.memory_gib(need)
            raise RunError(
                "MB802", f"does not fit: its weights need {gib:.1f} GiB", name, "--devices names more"
            ) from fault
        except BaseException as fault:
            raise PluginError(
                "MB705", f"could not be loaded: {type(fault).__name__}: {fault}", name
            ) from fault
        return self._model

    def close(self) -> None:
        """Free the model."""
        if self._model is not None:
            # a model that cannot be freed must not cost the records that it gave
            with suppress(Exception):
                self._model.close()
        self._model, self._need = None, None


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
