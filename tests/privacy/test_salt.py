"""Salted ids: the same on one machine, another on the next, and nobody but the owner can make them."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medbench.cohort.salt import SALT_FILE, salted_id
from medbench.errors import DataError


def test_twelve_digits_of_the_stated_function(tmp_path: Path) -> None:
    found = salted_id(tmp_path, "oai", "9000001-00")
    salt = (tmp_path / SALT_FILE).read_bytes()
    assert len(salt) == 32
    assert found == hmac.new(salt, b"3:oai/9000001-00", hashlib.sha256).hexdigest()[:12]
    assert salted_id(tmp_path, "oai", "9000001-00") == found


def test_another_cache_gives_another_id(tmp_path: Path) -> None:
    assert salted_id(tmp_path / "a", "oai", "1") != salted_id(tmp_path / "b", "oai", "1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    one=st.tuples(st.text(max_size=6), st.text(max_size=6)),
    two=st.tuples(st.text(max_size=6), st.text(max_size=6)),
)
def test_two_samples_never_share_an_id(tmp_path: Path, one: tuple[str, str], two: tuple[str, str]) -> None:
    assert (salted_id(tmp_path, *one) == salted_id(tmp_path, *two)) == (one == two)


@pytest.mark.skipif(os.name == "nt", reason="no modes")
def test_the_salt_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        salted_id(tmp_path / "cache", "a", "b")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "cache" / SALT_FILE).stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "cache").iterdir()] == [SALT_FILE]


@pytest.mark.parametrize("links", [True, False])
def test_many_at_once_agree(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError()))
        assert salted_id(tmp_path, "a", "b") == salted_id(tmp_path, "a", "b")
        return
    found: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(salted_id(tmp_path, "a", "b"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_a_damaged_salt_is_an_error_and_no_new_one(tmp_path: Path) -> None:
    (tmp_path / SALT_FILE).write_bytes(b"short")
    with pytest.raises(DataError) as caught:
        salted_id(tmp_path, "a", "b")
    assert caught.value.code == "MB669" and (tmp_path / SALT_FILE).read_bytes() == b"short"
