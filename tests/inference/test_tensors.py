"""Files that the safetensors library reads: no value is changed, and none takes more room than it needs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors import safe_open

from medbench.inference.tensors import read_tensor, write_tensors

bits = arrays(np.uint32, st.tuples(st.integers(0, 5), st.integers(1, 4)))


def _bytes_a_value(path: Path, values: np.ndarray) -> int:
    write_tensors(path, {"t": values})
    with safe_open(path, framework="pt") as file:
        theirs = file.get_tensor("t")
    assert np.array_equal(theirs.float().numpy(), values)
    assert np.array_equal(read_tensor(path, "t"), values)
    return int(theirs.element_size())


def test_the_models_precision_is_the_files(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    drawn = torch.randn(50, 30, generator=torch.Generator().manual_seed(1)) * 100
    found = {
        name: drawn.to(getattr(torch, name)).float().numpy() for name in ("float16", "bfloat16", "float32")
    }
    # beyond float16, within bfloat16
    found["bfloat16"][0, 0] = torch.tensor(1e30).bfloat16().float()
    sizes = {name: _bytes_a_value(tmp_path / name, values) for name, values in found.items()}
    assert sizes == {"float16": 2, "bfloat16": 2, "float32": 4}


@given(bits, st.sampled_from([0xFFFFFFFF, 0xFFFF0000, 0xFFFFE000]))
def test_every_bit_comes_back(tmp_path_factory: pytest.TempPathFactory, drawn: np.ndarray, mask: int) -> None:
    path = tmp_path_factory.mktemp("t") / "x.safetensors"
    values = (drawn & np.uint32(mask)).view(np.float32)
    write_tensors(path, {"b": values, "a": values[:, :1]})
    assert read_tensor(path, "b").tobytes() == values.tobytes()
    assert read_tensor(path, "a").tobytes() == np.ascontiguousarray(values[:, :1]).tobytes()


def test_a_large_file_stays_on_disk_until_it_is_looked_at(tmp_path: Path) -> None:
    write_tensors(tmp_path / "x", {"t": np.full((3, 4), 0.1, np.float32)})
    assert isinstance(read_tensor(tmp_path / "x", "t"), np.memmap)


def test_the_same_values_are_the_same_bytes(tmp_path: Path) -> None:
    one, two = np.ones((2, 3), np.float32), np.full((2, 1), 0.1, np.float32)
    write_tensors(tmp_path / "x", {"p": one, "q": two})
    write_tensors(tmp_path / "y", {"q": two, "p": one})
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()
