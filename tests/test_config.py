"""Settings from the environment: defaults, conversions, and one clear sentence for what cannot be."""

import stat
import threading
from pathlib import Path

import pytest

from lti_tool.config import PREFIX, SETTINGS, load
from lti_tool.errors import ConfigError


def told(folder: Path, **values: str) -> str:
    """The message for settings that cannot be."""
    with pytest.raises(ConfigError) as caught:
        load({}, data=str(folder), **values)
    return str(caught.value)


def test_an_empty_environment_makes_a_complete_set_in_the_data_folder(tmp_path):
    settings = load({f"{PREFIX}DATA": str(tmp_path / "new" / "var")})
    assert settings.data == tmp_path / "new" / "var"
    assert settings.database_url == f"sqlite:///{settings.data / 'lti-tool.sqlite3'}"
    assert settings.storage_url == f"file://{settings.data / 'files'}"
    assert (settings.base_url, settings.https) == ("http://localhost:8000", False)
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700, "it holds keys and people"


def test_an_empty_value_is_none(tmp_path):
    """Container files pass every variable on, set or not."""
    settings = load({f"{PREFIX}{setting.name}": "" for setting in SETTINGS}, data=str(tmp_path))
    assert settings.session_hours == 12
    assert settings.content == Path("content")


def test_the_secret_is_made_once_and_is_its_owners_only(tmp_path):
    first = load({}, data=str(tmp_path)).secret_key
    assert len(first) >= 32
    assert load({}, data=str(tmp_path)).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_processes_that_start_at_one_moment_share_the_secret(tmp_path):
    found: list[str] = []
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        found.append(load({}, data=str(tmp_path)).secret_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_an_empty_secret_signs_nothing(tmp_path):
    (tmp_path / "secret.key").write_text("\n")
    assert "secret.key is empty" in told(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("base_url", "lti.example.jp", "give a full address"),
        ("base_url", "https://", "give a full address"),
        ("base_url", "https://lti.example.jp?x=1", "give a full address"),
        ("base_url", "https://user@lti.example.jp", "give a full address"),
        ("base_url", "https://lti.example.jp:99999", "give a full address"),
        ("base_url", "https://lti.example.jp/tool", "must not have a path"),
        ("base_url", "http://lti.example.jp", "must begin with https://"),
        ("base_url", "ftp://localhost", "must begin with https://"),
        ("session_hours", "0", "above 0"),
        ("session_hours", "nan", "above 0"),
        ("session_hours", "inf", "above 0"),
        ("session_hours", "long", "above 0"),
        ("upload_mb", "0", "1 or more"),
        ("upload_mb", "-5", "1 or more"),
        ("web_workers", "two", "1 or more"),
        ("embedded_worker", "yes", "1 or 0"),
        ("timezone", "Tokyo", "such as Asia/Tokyo"),
        ("timezone", "../etc/passwd", "such as Asia/Tokyo"),
    ],
)
def test_what_cannot_be_is_told_with_name_value_and_advice(tmp_path, name, value, expected):
    words = told(tmp_path, **{name: value})
    assert f"{PREFIX}{name.upper()}={value!r}" in words
    assert expected in words


@pytest.mark.parametrize(
    "address",
    [
        "https://lti.example.jp",
        "https://lti.example.jp:8443/",
        "http://localhost:8000",
        "http://lti.localhost",
    ],
)
def test_good_addresses(tmp_path, address):
    assert load({}, data=str(tmp_path), base_url=address).base_url == address.rstrip("/")


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert "LTI_TOOL_DATA=" in told(tmp_path / "file" / "var")


def test_lists_are_split(tmp_path):
    settings = load({}, data=str(tmp_path), outbound_allow=" moodle.local, 10.0.0.0/8 ,,")
    assert settings.outbound_allow == ("moodle.local", "10.0.0.0/8")


def test_no_secret_is_in_what_is_printed(tmp_path):
    settings = load({}, data=str(tmp_path), secret_key="hush", database_url="postgresql://u:hush@h/d")
    assert "hush" not in repr(settings)


def test_every_setting_has_a_field_and_words(tmp_path):
    fields = set(vars(load({}, data=str(tmp_path))))
    assert fields == {setting.name.lower() for setting in SETTINGS}
    assert all(setting.help.endswith(".") for setting in SETTINGS)
