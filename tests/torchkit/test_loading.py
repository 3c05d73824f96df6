"""Devices, precision, holes in a checkpoint, memory, and rows that fail."""

from __future__ import annotations

import pytest
import torch

from medbench.errors import DataError, UsageError
from medbench.models import Reply
from medbench.torchkit import dtype_name, memory_errors, placement, row_by_row
from medbench.torchkit.dtypes import torch_dtype
from medbench.torchkit.replies import reply


def test_a_checkpoint_with_holes_is_refused(tmp_path):
    from safetensors.torch import load_file, save_file
    from transformers import CLIPModel

    from medbench.torchkit.loading import load_whole
    from medbench_clip.checkpoint import write

    write(tmp_path)
    assert not load_whole(CLIPModel, tmp_path).training
    weights = load_file(tmp_path / "model.safetensors")
    weights["visual_projection.weight"] = weights["visual_projection.weight"][:5].clone()
    weights["of.another.model"] = torch.zeros(1)
    weights.pop("logit_scale")
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError, match=r"logit_scale, visual_projection\.weight") as caught:
        load_whole(CLIPModel, tmp_path)
    assert caught.value.code == "MB655" and "another" not in str(caught.value)


def test_weights_in_the_older_format_load_too(tmp_path):
    from safetensors.torch import load_file
    from transformers import CLIPModel

    from medbench.torchkit.loading import load_whole
    from medbench_clip.checkpoint import write

    write(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").unlink()
    torch.save(weights, tmp_path / "pytorch_model.bin")
    model = load_whole(CLIPModel, tmp_path)
    assert torch.equal(model.visual_projection.weight, weights["visual_projection.weight"])


def test_one_cpu_needs_no_map_and_odd_devices_are_refused():
    assert placement(["cpu"]) == {}
    for devices in ([], ["gpu9"], ["cpu", "cpu"], [f"cuda:{torch.cuda.device_count()}"]):
        with pytest.raises(UsageError) as caught:
            placement(devices)
        assert caught.value.code == "MB072"


def test_several_cards_share_a_model_within_their_free_memory(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 8)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: (index * 10**9, 80 * 10**9))
    assert placement(["cuda:4", "cuda:6"]) == {
        "device_map": "auto",
        "max_memory": {4: 4 * 10**9, 6: 6 * 10**9},
    }
    assert placement(["cuda:1"]) == {"device_map": {"": "cuda:1"}}
    assert placement(["cuda"]) == {"device_map": {"": "cuda:0"}}


def test_precision_comes_from_the_user_then_the_config_then_float32():
    assert dtype_name(None, {}) == "float32"
    assert dtype_name(None, {"torch_dtype": "bfloat16"}) == "bfloat16"
    assert dtype_name("float16", {"dtype": "bfloat16"}) == "float16"
    assert torch_dtype("bfloat16") is torch.bfloat16
    with pytest.raises(UsageError, match="half"):
        dtype_name("half", {})


@pytest.mark.parametrize(
    "fault",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: no memory"),
    ],
)
def test_running_out_of_memory_has_one_name(fault):
    with pytest.raises(MemoryError), memory_errors():
        raise fault
    with pytest.raises(RuntimeError, match="other"), memory_errors():
        raise RuntimeError("other")


def test_a_failing_row_is_found_by_running_each_alone():
    calls = []

    def batch(rows):
        calls.append(list(rows))
        if 1 in rows:
            raise ValueError("row 1 is broken")
        return [row * 10 for row in rows]

    assert row_by_row(batch, 3, failed=-1) == [0, -1, 20]
    assert calls == [[0, 1, 2], [0], [1], [2]]
    assert row_by_row(batch, 1, failed=-1) == [0]


@pytest.mark.parametrize("fault", [MemoryError("full"), KeyboardInterrupt()])
def test_what_is_no_rows_fault_passes_through(fault):
    def batch(_rows):
        raise fault

    with pytest.raises(type(fault)):
        row_by_row(batch, 3, failed=None)


def test_a_row_error_is_logged_without_what_it_says(caplog):
    def batch(_rows):
        raise KeyError("name of the patient")

    with caplog.at_level("INFO"):
        row_by_row(batch, 1, failed=None)
    assert "KeyError" in caplog.text and "patient" not in caplog.text


class Letters:
    """Decodes 1 as a, 2 as b and so on."""

    def decode(self, ids, skip_special_tokens, clean_up_tokenization_spaces):
        assert skip_special_tokens and not clean_up_tokenization_spaces
        return "".join(chr(96 + number) for number in ids)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([1, 2, 3], Reply("abc", 3, "length")),
        ([1, 2, 9, 0, 0], Reply("ab", 2, "stop")),
        ([9], Reply("", 0, "stop")),
        ([1, 8, 9], Reply("a", 1, "stop")),
        ([], Reply("", 0, "length")),
    ],
)
def test_a_reply_ends_before_its_first_stop_token(ids, expected):
    assert reply(torch.tensor(ids, dtype=torch.long), {8, 9}, Letters()) == expected
