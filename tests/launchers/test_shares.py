"""Which part a process is, how many replicas fit, and what a worker is started with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medbench.errors import UsageError
from medbench.launchers import Launch, Share, find_share, lay_out, write_job
from medbench.launchers.launch import read_job
from medbench.launchers.worker import worker_environment, worker_line


@given(st.lists(st.integers(), max_size=50), st.integers(1, 7))
def test_parts_are_disjoint_and_together_the_whole(things: list[int], count: int) -> None:
    places = list(enumerate(things))
    parts = [place for index in range(count) for place in Share(index, count).of(places)]
    assert sorted(parts) == places


@pytest.mark.parametrize("text", ["2/2", "1", "a/2", "-1/2", "0/0", "1/2/3", ""])
def test_a_part_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Share.parse(text)
    assert caught.value.code == "MB090"


@pytest.mark.parametrize(
    ("environment", "share"),
    [
        ({}, Share(0, 1)),
        ({"RANK": "1", "WORLD_SIZE": "2", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "4"}, Share(1, 2)),
        ({"SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4"}, Share(3, 4)),
        # inside a batch script no srun ran, and half of the data must not be left out
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "2", "SLURM_NPROCS": "2"}, Share(0, 1)),
        (
            {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "1"},
            Share(1, 2),
        ),
        ({"OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "3"}, Share(0, 3)),
        ({"JOB_COMPLETION_INDEX": "2", "JOB_COMPLETIONS": "3"}, Share(2, 3)),
        ({"RANK": "0"}, Share(0, 1)),
        ({"RANK": "5", "WORLD_SIZE": "2"}, Share(0, 1)),
    ],
)
def test_rank_sources(environment: dict[str, str], share: Share) -> None:
    assert find_share(environment)[0] == share


def test_the_80b_model_gets_as_many_devices_as_it_needs() -> None:
    found = lay_out(150.0, [80.0] * 8)
    assert (found.replicas, found.per_replica, found.idle) == (2, 3, 2)
    small = lay_out(1.0, [80.0] * 8)
    assert (small.replicas, small.per_replica, small.idle) == (8, 1, 0)


def test_a_model_too_large_for_all_devices_gets_all_of_them() -> None:
    assert lay_out(1000.0, [24.0] * 2).per_replica == 2


def test_the_smallest_device_counts() -> None:
    assert lay_out(40.0, [80.0, 24.0, 24.0, 24.0]).per_replica == 2


@pytest.mark.parametrize(
    ("memory", "replicas", "per_replica"), [([], None, 2), ([80.0] * 2, 3, 1), ([80.0] * 2, None, 3)]
)
def test_devices_that_are_not_there_are_refused(memory, replicas, per_replica) -> None:
    with pytest.raises(UsageError) as caught:
        lay_out(1.0, memory, replicas, per_replica)
    assert caught.value.code == "MB091"


def _launch(folder: Path, per_worker: int, devices: tuple[str, ...]) -> Launch:
    return Launch(("run", "--devices", "cuda:4", "--launch", "local"), 2, per_worker, devices, folder, folder)


def test_workers_see_disjoint_devices(tmp_path: Path) -> None:
    launch = _launch(tmp_path, 2, ("4", "5", "6", "7"))
    seen = [worker_environment(launch, index, {})["CUDA_VISIBLE_DEVICES"] for index in range(2)]
    assert seen == ["4,5", "6,7"]


def test_an_engine_that_hands_out_devices_is_left_to_it(tmp_path: Path) -> None:
    launch = _launch(tmp_path, 2, ())
    assert worker_environment(launch, 1, {"CUDA_VISIBLE_DEVICES": "2,3"})["CUDA_VISIBLE_DEVICES"] == "2,3"


def test_a_worker_takes_what_it_sees_and_only_computes(tmp_path: Path) -> None:
    assert worker_line(_launch(tmp_path, 2, ()), 1)[-2:] == ["--devices=", "--shard-of=1/2"]
    assert worker_line(_launch(tmp_path, 0, ()), 0)[-2:] == ["--devices=cpu", "--shard-of=0/2"]


def test_a_job_is_read_as_it_was_written(tmp_path: Path) -> None:
    launch = _launch(tmp_path, 1, ("0", "1"))
    write_job(launch)
    assert read_job(launch.job) == launch
