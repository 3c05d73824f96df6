"""Names for samples that say which one is meant on this machine, and nothing anywhere else."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from medbench.errors import DataError

__all__ = ["SALT_FILE", "salted_id"]

SALT_FILE = "salt.key"
"""File in the cache folder with 32 random bytes; its owner alone may read it."""

SALT_BYTES = 32


def salted_id(cache: Path, source: str, sample: str) -> str:
    """Twelve hexadecimal digits of HMAC-SHA256 (RFC 2104) over source and sample.

    The key is random and never leaves the cache folder, so that nobody can try out all ids of a provider.

    Args:
        cache: the cache folder; the salt is made there when it is not.

    Raises:
        DataError: MB669, the salt file is damaged.
    """
    # the length keeps ("a", "b/c") and ("a/b", "c") apart
    message = f"{len(source)}:{source}/{sample}".encode()
    return hmac.digest(_salt(cache), message, "sha256").hex()[:12]


def _salt(cache: Path) -> bytes:
    file = cache / SALT_FILE
    with suppress(FileNotFoundError):
        return _checked(file)
    cache.mkdir(parents=True, exist_ok=True)
    _make(file)
    return _checked(file)


def _checked(file: Path) -> bytes:
    salt = file.read_bytes()
    if len(salt) != SALT_BYTES:
        hint = "remove the file: a new one is made, and salted ids change"
        raise DataError("MB669", "the salt is damaged", str(file), hint)
    return salt


def _make(file: Path) -> None:
    """Write the salt beside its place and link it there: of several processes at once, one wins for all."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(SALT_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, file)
        except FileExistsError:
            pass
        except OSError:
            # no hard links here, as on exFAT
            temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
