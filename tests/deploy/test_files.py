"""What is handed to systemd, nginx and the administrator says what the tool says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import missing
from support.deployed import DEPLOY, INSTALLED, put

from lti_tool.config import PREFIX, SETTINGS, environment_file, load

UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())


def test_the_example_of_an_environment_file_is_that_of_the_settings_table():
    """To make it anew: lti-tool settings --env > deploy/env.example"""
    assert (DEPLOY / "env.example").read_text(encoding="utf-8") == "\n".join(environment_file())


def test_the_example_is_a_working_one(tmp_path: Path):
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines if line.startswith(PREFIX))
    assert len(found) < len(SETTINGS)
    settings = load({**found, "LTI_TOOL_DATA": str(tmp_path)})
    assert settings.https
    assert not settings.embedded_worker


def test_nginx_lets_through_what_the_tool_accepts():
    site = (DEPLOY / "nginx" / "lti-tool.conf").read_text(encoding="utf-8")
    (upload,) = (int(row.default) for row in SETTINGS if row.name == "UPLOAD_MB")
    assert max(int(size) for size in re.findall(r"client_max_body_size (\d+)m;", site)) > upload


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units, with programs that are here."""
    if shutil.which("systemd-analyze") is None:
        missing("no systemd-analyze is installed")
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
        if f"ExecStart={INSTALLED}" in text:
            text = put(text, **{INSTALLED: f"{Path(sys.executable).parent}/"})
        (tmp_path / name).write_text(text.replace("/opt/lti-tool/current/deploy", str(DEPLOY)))
    return [tmp_path / name for name in UNITS]


def analyzed(verb: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", verb, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_systemd_understands_every_line(units: list[Path]):
    found = analyzed("verify", *units)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_services_can_touch_little_of_the_machine(units: list[Path]):
    """systemd's own measure, from 0 (nothing) to 10 (all): at most 2."""
    services = [unit for unit in units if unit.suffix == ".service"]
    found = analyzed("security", "--offline=true", "--threshold=20", *services)
    assert found.returncode == 0, found.stdout


def test_a_slip_in_a_unit_is_found(tmp_path: Path, units: list[Path]):
    slip = tmp_path / "slip.service"
    slip.write_text("[Service]\nExecStart=/bin/true\nNoNewPrivilege=yes\n")
    assert "NoNewPrivilege" in analyzed("verify", slip).stderr
