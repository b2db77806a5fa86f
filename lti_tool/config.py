"""The settings table: one row a setting, read from the environment in one place."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lti_tool.errors import ConfigError

VERSION = "0.1.0"
PREFIX = "LTI_TOOL_"


@dataclass(frozen=True)
class Setting:
    """One row: environment name (without prefix), default as text, help, converter, what a deployment sets it to."""

    name: str
    default: str
    help: str
    convert: Callable[[str], Any] = str
    deployed: str = ""


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    host = parts.hostname or ""
    if not host or not _is_port(parts) or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("give a full address such as https://lti.example.jp")
    if parts.path.strip("/"):
        raise ValueError("must not have a path: the tool needs a host of its own")
    loopback = host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("must begin with https:// (http is accepted on localhost only)")
    return text.rstrip("/")


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _hours(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= 24 * 366:
        raise ValueError("give a number of hours above 0, for example 12")
    return value


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000):
        raise ValueError("give a whole number of 1 or more")
    return int(text)


def _bind(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text and not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("give an address and a port, such as 127.0.0.1:9101")
    return text


def _at_once(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 64):
        raise ValueError("give a whole number from 1 to 64")
    return int(text)


def _switch(text: str) -> int:
    if text not in {"0", "1"}:
        raise ValueError("give 1 or 0")
    return int(text)


def _content(text: str) -> Path:
    """The folder as named from where we are, else the course that stands beside the package."""
    path = Path(text)
    beside = Path(__file__).resolve().parent.parent / path
    return beside if not path.exists() and beside.exists() else path


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("give a time zone such as Asia/Tokyo") from None
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "BASE_URL",
        "http://localhost:8000",
        "Address under which browsers and the LMS reach the tool.",
        _base_url,
        "https://lti.school.example",
    ),
    Setting("SECRET_KEY", "", "Signs cookies. Empty: made once and kept in the data folder."),
    Setting(
        "DATA",
        "var",
        "Folder for the embedded defaults: database, files, secret.",
        Path,
        "/var/lib/lti-tool",
    ),
    Setting(
        "DATABASE_URL",
        "",
        "SQLAlchemy address. Empty: an SQLite file in the data folder.",
        deployed="postgresql:///lti_tool?host=/run/postgresql",
    ),
    Setting(
        "REDIS_URL",
        "",
        "Wakes Celery workers, shares rate limits. Empty: neither is needed.",
        deployed="redis://127.0.0.1:6379/0",
    ),
    Setting("STORAGE_URL", "", "Where uploads go (fsspec address). Empty: a folder in the data folder."),
    Setting(
        "CONTENT", "content", "Folder of the content package.", _content, "/opt/lti-tool/current/content"
    ),
    Setting("OUTBOUND_ALLOW", "", "Private hosts it may call: comma list of host, host:port, CIDR.", _names),
    Setting("TIMEZONE", "Asia/Tokyo", "Time zone of the times shown on pages.", _zone),
    Setting("UPLOAD_MB", "200", "Largest upload, in megabytes.", _whole),
    Setting("SESSION_HOURS", "12", "How long a launch stays open without a new one.", _hours),
    Setting("WEB_WORKERS", "2", "Web server processes of `lti-tool serve`.", _whole),
    Setting(
        "EMBEDDED_WORKER",
        "1",
        "1: `lti-tool serve` also sends grades; 0: `lti-tool worker` or Celery does.",
        _switch,
        "0",
    ),
    Setting(
        "WORKER_BIND",
        "",
        "Where a worker answers `/livez` and `/metrics`. Empty: nowhere.",
        _bind,
        "127.0.0.1:9101",
    ),
    Setting("SCORES_AT_ONCE", "8", "Scores sent to one LMS at the same time.", _at_once),
)


@dataclass(frozen=True)
class Settings:
    """The settings, converted. Made by `load`, or directly in tests."""

    base_url: str
    secret_key: str = field(repr=False)
    data: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    storage_url: str = field(repr=False)
    content: Path
    outbound_allow: tuple[str, ...]
    timezone: str
    upload_mb: int
    session_hours: float
    web_workers: int
    embedded_worker: int
    scores_at_once: int
    worker_bind: str

    @property
    def https(self) -> bool:
        """Whether browsers reach the tool by https."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None, **overrides: str) -> Settings:
    """Read the environment into Settings; `overrides` win (names in lower case, values as text).

    An empty value counts as none. Raises ConfigError naming the variable, its value and what was expected.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        given = overrides.get(setting.name.lower(), environ.get(PREFIX + setting.name, ""))
        text = given.strip() or setting.default
        try:
            values[setting.name.lower()] = setting.convert(text)
        except ValueError as error:
            raise ConfigError(f"{PREFIX}{setting.name}={text!r}: {error}") from error
    data: Path = values["data"].resolve()
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        values["secret_key"] = values["secret_key"] or _kept_secret(data / "secret.key")
    except OSError as error:
        raise ConfigError(f"{PREFIX}DATA={str(data)!r}: {error.strerror or error}") from error
    values["data"] = data
    values["database_url"] = values["database_url"] or f"sqlite:///{data / 'lti-tool.sqlite3'}"
    values["storage_url"] = values["storage_url"] or f"file://{data / 'files'}"
    return Settings(**values)


def environment_file() -> Iterator[str]:
    """Lines of an example for systemd and compose: every setting with its help, those that stay at their default
    commented out."""
    for setting in SETTINGS:
        mark = "" if setting.deployed else "#"
        yield f"# {setting.help}"
        yield f"{mark}{PREFIX}{setting.name}={setting.deployed or setting.default}"
        yield ""


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable by its owner only.

    It is written beside its place first, so that a process that starts at the same moment never reads half of it.
    """
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as file:  # its mode is 0600
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    found = path.read_text(encoding="ascii").strip()
    if not found:
        raise ConfigError(f"{path} is empty: delete it, or put a long random text into it")
    return found
