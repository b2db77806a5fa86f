"""The settings table: one row a setting, read from the environment in one place."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import ConfigError

PREFIX = "LTI_TOOL_"


@dataclass(frozen=True)
class Setting:
    """One row: environment name (without prefix), default as text, help, converter."""

    name: str
    default: str
    help: str
    convert: Callable[[str], Any] = str


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"} or (parts.hostname or "").endswith(
        ".localhost"
    )
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError("give a full address such as https://lti.example.jp")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("must begin with https:// (http is accepted on localhost only)")
    return text.rstrip("/")


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _hours(text: str) -> float:
    value = float(text)
    if value < 0:
        raise ValueError("must not be negative")
    return value


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "BASE_URL",
        "http://localhost:8000",
        "Address under which browsers and the LMS reach the tool.",
        _base_url,
    ),
    Setting("SECRET_KEY", "", "Signs cookies. Empty: made once and kept in the data folder."),
    Setting("DATA", "var", "Folder for the embedded defaults: database, files, secret.", Path),
    Setting("DATABASE_URL", "", "SQLAlchemy address. Empty: an SQLite file in the data folder."),
    Setting("REDIS_URL", "", "Shared cache, rate limits and queue. Empty: memory of the process."),
    Setting("STORAGE_URL", "", "Where uploads go (fsspec address). Empty: a folder in the data folder."),
    Setting("CONTENT", "content", "Folder of the content package.", Path),
    Setting("OUTBOUND_ALLOW", "", "Private hosts it may call: comma list of host, host:port, CIDR.", _names),
    Setting("TIMEZONE", "Asia/Tokyo", "Time zone of the times shown on pages."),
    Setting("UPLOAD_MB", "200", "Largest upload, in megabytes.", int),
    Setting("SESSION_HOURS", "12", "How long a launch stays open without a new one.", _hours),
    Setting("WEB_WORKERS", "2", "Web server processes of `lti-tool serve`.", int),
    Setting(
        "EMBEDDED_WORKER",
        "1",
        "1: `lti-tool serve` also sends grades; 0: `lti-tool worker` does.",
        int,
    ),
)


@dataclass(frozen=True)
class Settings:
    """The settings, converted. Made by `load`, or directly in tests."""

    base_url: str
    secret_key: str
    data: Path
    database_url: str
    redis_url: str
    storage_url: str
    content: Path
    outbound_allow: tuple[str, ...]
    timezone: str
    upload_mb: int
    session_hours: float
    web_workers: int
    embedded_worker: int

    @property
    def https(self) -> bool:
        """Whether browsers reach the tool by https."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None, **overrides: str) -> Settings:
    """Read the environment into Settings; `overrides` win (names in lower case, values as text).

    Raises ConfigError naming the variable, its value and what was expected.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = overrides.get(setting.name.lower(), environ.get(PREFIX + setting.name, setting.default))
        try:
            values[setting.name.lower()] = setting.convert(text)
        except ValueError as error:
            raise ConfigError(f"{PREFIX}{setting.name}={text!r}: {error}") from error
    data: Path = values["data"].resolve()
    data.mkdir(parents=True, exist_ok=True)
    values["data"] = data
    values["secret_key"] = values["secret_key"] or _kept_secret(data / "secret.key")
    values["database_url"] = values["database_url"] or f"sqlite:///{data / 'lti-tool.sqlite3'}"
    values["storage_url"] = values["storage_url"] or f"file://{data / 'files'}"
    return Settings(**values)


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable by its owner only."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
