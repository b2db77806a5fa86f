"""The file store: whole or not at all, under names nobody chose, and honest about a full disk."""

import errno
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileOpener

from lti_tool.errors import ConfigError, Conflict, ToolError
from lti_tool.storage.files import CHUNK, FileStore

LIMIT = 3 * CHUNK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[FileStore]:
    """A folder, and a store without paths of its own, so that nothing leans on the local disk."""
    if request.param == "file":
        yield FileStore(f"file://{folder}")
        return
    yield FileStore("memory://uploads")
    fsspec.filesystem("memory").rm("/uploads", recursive=True)


def kept(store: FileStore) -> list[str]:
    system, root = fsspec.url_to_fs(store.url)
    return [str(path) for path in system.find(root)]


def read(store: FileStore, key: str) -> bytes:
    with store.open(key) as file:
        return file.read()


def test_what_is_saved_can_be_read_back_and_is_measured(store: FileStore) -> None:
    content = b"live" * (CHUNK // 2) + b"!"
    stored = store.save(io.BytesIO(content), "台本.pdf", LIMIT)
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert read(store, stored.key) == content


def test_the_users_name_is_no_part_of_the_key_and_every_save_has_its_own(store: FileStore) -> None:
    keys = {store.save(io.BytesIO(b"same"), "../secret.pdf", LIMIT).key for _ in range(3)}
    assert len(keys) == 3
    assert not any("secret" in key or ".." in key for key in keys)
    assert len(kept(store)) == 3


def test_exactly_the_limit_is_kept_and_one_byte_more_leaves_nothing(store: FileStore) -> None:
    stored = store.save(io.BytesIO(bytes(LIMIT)), "full.mp4", LIMIT)
    with pytest.raises(Conflict, match=r"big\.mp4") as caught:
        store.save(io.BytesIO(bytes(LIMIT + 1)), "big.mp4", LIMIT)
    assert caught.value.code == "too-large"
    assert [path.endswith(stored.key) for path in kept(store)] == [True]


def test_the_stream_is_read_in_pieces_and_no_further_than_needed(store: FileStore) -> None:
    class Endless:
        asked: list[int]

        def __init__(self) -> None:
            self.asked = []

        def read(self, size: int, /) -> bytes:
            self.asked.append(size)
            return bytes(size)

    stream = Endless()
    with pytest.raises(Conflict):
        store.save(stream, "endless.mp4", LIMIT)
    assert stream.asked == [CHUNK] * 4


def test_a_stream_that_breaks_leaves_nothing_behind(store: FileStore) -> None:
    class Broken:
        def __init__(self) -> None:
            self.pieces = [b"first"]

        def read(self, _size: int, /) -> bytes:
            if self.pieces:
                return self.pieces.pop()
            raise ConnectionResetError("the phone went into a tunnel")

    with pytest.raises(ToolError) as caught:
        store.save(Broken(), "a.pdf", LIMIT)
    assert caught.value.code == "storage"
    assert kept(store) == []


def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(store: FileStore) -> None:
    stored = store.save(io.BytesIO(b"draft"), "a.txt", LIMIT)
    store.delete(stored.key)
    store.delete(stored.key)
    assert kept(store) == []


def test_a_file_lost_by_the_store_is_told_as_the_stores_fault(store: FileStore) -> None:
    stored = store.save(io.BytesIO(b"draft"), "a.txt", LIMIT)
    store.delete(stored.key)
    with pytest.raises(ToolError) as caught:
        store.open(stored.key)
    assert caught.value.code == "storage"


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "ab/../../outside", ""])
def test_only_keys_of_its_own_making_are_opened_or_deleted(folder: Path, key: str) -> None:
    store = FileStore(f"file://{folder}")
    outside = folder.parent / "outside"
    outside.write_text("not yours")
    for action in (store.open, store.delete):
        with pytest.raises(ToolError) as caught:
            action(key)
        assert caught.value.code == "storage"
    assert outside.exists()


def test_a_full_disk_is_explained_and_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(f"file://{folder}")

    def full(_self: LocalFileOpener, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalFileOpener, "write", full, raising=False)
    with pytest.raises(ToolError, match="No space left") as caught:
        store.save(io.BytesIO(b"content"), "a.pdf", LIMIT)
    assert caught.value.code == "storage"
    assert kept(store) == []


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file stands where the folder should be")
    with pytest.raises(ToolError) as caught:
        FileStore(f"file://{tmp_path / 'taken'}").save(io.BytesIO(b"content"), "a.pdf", LIMIT)
    assert caught.value.code == "storage"


def test_an_address_without_a_driver_is_a_setting_to_mend() -> None:
    with pytest.raises(ConfigError, match=r"LTI_TOOL_STORAGE_URL='nowhere://x'"):
        FileStore("nowhere://x")
