"""medbench's contract tests on the models of this package."""

from __future__ import annotations

from medbench.testing import parametrize_with_checks

from medbench_example_model.plugin import medbench_models


@parametrize_with_checks(medbench_models())
def test_contract(model, check):
    check(model)
