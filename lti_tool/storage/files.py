"""Uploaded files, in a folder or any other place that fsspec can reach."""

import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

import fsspec

from lti_tool.errors import ConfigError, Conflict, ToolError

CHUNK = 1024 * 1024
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


class Readable(Protocol):
    """Anything that gives its bytes bit by bit."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Stored:
    """What was kept: where, how many bytes, and their SHA-256 in hex."""

    key: str
    size: int
    sha256: str


class FileStore:
    """Files under random keys: nothing a user typed ever becomes part of a path.

    `url` is any fsspec address, such as `file:///srv/files` or `s3://bucket/uploads`. Everything that goes
    wrong in the store itself is a ToolError with code `storage`.
    """

    def __init__(self, url: str) -> None:
        """Raises ConfigError when there is no driver for the address."""
        self.url = url
        try:
            self._place()
        except (ValueError, ImportError) as error:
            raise ConfigError(f"LTI_TOOL_STORAGE_URL={url!r}: {error}") from error

    def save(self, stream: Readable, name: str, limit_bytes: int) -> Stored:
        """Keep the rest of `stream`. It appears under its key whole or not at all.

        Raises Conflict `too-large` beyond `limit_bytes`, naming the file by `name`.
        """
        secret = secrets.token_hex(16)
        key = f"{secret[:2]}/{secret}"
        with _explained():
            system, root = self._place()
            partial, final = f"{root}/partial/{secret}", f"{root}/{key}"
            system.makedirs(f"{root}/partial", exist_ok=True)
            try:
                with system.open(partial, "wb") as file:
                    size, digest = _copy(stream, file, name, limit_bytes)
                system.makedirs(f"{root}/{secret[:2]}", exist_ok=True)
                system.mv(partial, final)
            except BaseException:
                with suppress(Exception):  # the first failure is the one to tell
                    system.rm(partial)
                raise
        return Stored(key, size, digest)

    def open(self, key: str) -> BinaryIO:
        """The bytes under `key`; to be closed by the caller."""
        with _explained():
            system, root = self._place()
            return cast(BinaryIO, system.open(f"{root}/{_checked(key)}", "rb"))

    def delete(self, key: str) -> None:
        """Forget `key`. Deleting what is not there is no error."""
        with _explained():
            system, root = self._place()
            with suppress(FileNotFoundError):
                system.rm(f"{root}/{_checked(key)}")

    def _place(self) -> tuple[Any, str]:
        # Asked for every time: fsspec hands out its cached driver, but a new one after a fork.
        system, root = fsspec.url_to_fs(self.url)
        return system, root.rstrip("/")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ToolError:
        raise
    except Exception as error:  # drivers raise their own kinds, not only OSError
        raise ToolError(f"file store: {type(error).__name__}: {error}", code="storage") from error


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ToolError(f"not a key of the file store: {key!r}", code="storage")
    return key


def _copy(stream: Readable, file: Any, name: str, limit_bytes: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit_bytes:
            raise Conflict(f"{name}: larger than {limit_bytes} bytes", code="too-large")
        file.write(chunk)
        digest.update(chunk)
    _to_disk(file)
    return size, digest.hexdigest()


def _to_disk(file: Any) -> None:
    file.flush()
    try:
        descriptor = file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return  # not a local file: its driver completes it on closing
    os.fsync(descriptor)
