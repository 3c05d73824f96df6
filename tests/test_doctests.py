"""Every example in a docstring is run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import medbench.stats

MODULES = [f"medbench.stats.{module.name}" for module in pkgutil.iter_modules(medbench.stats.__path__)]
MODULES += ["medbench.choice.extract"]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_every_public_function_has_an_example() -> None:
    public = [getattr(medbench.stats, name) for name in medbench.stats.__all__]
    public = [thing for thing in public if inspect.isfunction(thing) or inspect.isclass(thing)]
    bare = [thing.__name__ for thing in public if ">>>" not in (thing.__doc__ or "")]
    assert not bare
