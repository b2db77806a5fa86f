"""Environments of the compared tools, made on the first run and kept in var/bench."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

PEERS = Path(__file__).parent / "peers"
PIP_INSTALL = ("-m", "pip", "install", "-q", "--require-hashes", "-r")


class InstallError(Exception):
    """A tool cannot be had here; the message says why in one line."""


def pylti1p3(var: Path) -> Path:
    """The Python of an environment with PyLTI1p3, Flask and gunicorn. Raises InstallError."""
    return _environment(var / "env-pylti1p3", PEERS / "requirements-pylti1p3.txt")


def granian(var: Path) -> Path:
    """A folder with granian, to be put before our own environment. Raises InstallError."""
    folder, pins = var / "granian", PEERS / "requirements-granian.txt"

    def install() -> None:
        _run([sys.executable, *PIP_INSTALL, pins, "--target", folder])

    _once(folder, pins, install)
    return folder


def ltijs(var: Path) -> Path:
    """A folder with ltijs and the tool made with it. Raises InstallError."""
    folder, source = var / "ltijs", PEERS / "ltijs"
    if shutil.which("npm") is None:
        raise InstallError("ltijs needs node and npm")

    def install() -> None:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder])

    _once(folder, source / "package-lock.json", install)
    for name in ("tool.js", "database.mjs"):
        shutil.copy(source / name, folder)
    return folder


def _environment(folder: Path, pins: Path) -> Path:
    python = folder / "bin" / "python"

    def install() -> None:
        _run([sys.executable, "-m", "venv", folder])
        _run([python, *PIP_INSTALL, pins])

    _once(folder, pins, install)
    return python


def _once(folder: Path, pins: Path, install: Callable[[], None]) -> None:
    """Install into `folder` unless that was done from the same pins before."""
    stamp, wanted = folder / ".pins", hashlib.sha256(pins.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    click.echo(f"Installing {folder.name} ...")
    shutil.rmtree(folder, ignore_errors=True)
    install()
    stamp.write_text(wanted)


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(  # noqa: S603 - our own arguments
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise InstallError(lines[-1])
