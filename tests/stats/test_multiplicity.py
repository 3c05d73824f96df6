from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medbench.stats import holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_closed_forms() -> None:
    assert holm([]).size == 0
    assert holm([0.03]).tolist() == [0.03]
    # R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
    np.testing.assert_allclose(holm([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.08, 0.09, 0.09, 0.09])


@given(P_VALUES, st.floats(0.001, 0.2))
def test_rejects_what_the_step_down_procedure_rejects(p_values: list[float], alpha: float) -> None:
    rejected = np.zeros(len(p_values), bool)
    for step, index in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[index] * (len(p_values) - step) > alpha:
            break
        rejected[index] = True
    assert np.array_equal(holm(p_values) <= alpha, rejected)


@given(P_VALUES, st.randoms())
def test_properties(p_values: list[float], random: object) -> None:
    values, adjusted = np.array(p_values), holm(p_values)
    order = np.arange(values.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(holm(values[order]), adjusted[order])
    assert (adjusted >= values).all() and (adjusted <= np.minimum(1, values.size * values) + 1e-15).all()


@pytest.mark.parametrize("p_values", [[[0.1]], [np.nan], [-0.1], [1.1]])
def test_what_is_no_p_value_is_refused(p_values: object) -> None:
    with pytest.raises(ValueError):
        holm(p_values)
