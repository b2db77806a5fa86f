"""What stands in `deploy/`, made to run in a folder and on ports of a test: the deployed files are what is tested."""

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from guards.source import ROOT
from support.live import LOOPBACK

DEPLOY = ROOT / "deploy"
INSTALLED = "/opt/lti-tool/current/venv/bin/"


def put(text: str, **places: str) -> str:
    """Replace every key by its value; fails when one is not there, so that a changed file is noticed."""
    for name, value in places.items():
        assert name in text, f"{name} is gone"
        text = text.replace(name, value)
    return text


def environment(**settings: str) -> dict[str, str]:
    """The environment of `env.example`, with these settings (names in lower case) in place of its own."""
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line.startswith("LTI_TOOL_"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    return {**kept, **example, **{f"LTI_TOOL_{name.upper()}": value for name, value in settings.items()}}


def command(unit: str) -> list[str]:
    """What systemd starts, from this project's own environment."""
    (line,) = (
        line.removeprefix("ExecStart=")
        for line in (DEPLOY / "systemd" / unit).read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStart=")
    )
    return shlex.split(put(line, **{INSTALLED: f"{Path(sys.executable).parent}/"}))


@dataclass(frozen=True)
class Ports:
    """Where everything listens."""

    http: int
    https: int
    web: int
    lms: int
    lms_https: int
    worker: int


SERVER = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ }}
http {{
    access_log off;
    {kept}
    include {folder}/site.conf;
    server {{
        listen {host}:{ports.lms_https} ssl;
        ssl_certificate {folder}/fullchain.pem;
        ssl_certificate_key {folder}/privkey.pem;
        location / {{
            proxy_pass http://{host}:{ports.lms};
            proxy_set_header Host {host}:{ports.lms_https};
        }}
    }}
}}
"""
"""A server that includes the site, and gives the LMS https beside it."""


def nginx(folder: Path, ports: Ports) -> Path:
    """The configuration of a server with the deployed site. Certificates are in `folder`."""
    places = {
        "listen 80;": f"listen {LOOPBACK}:{ports.http};",
        "listen 443 ": f"listen {LOOPBACK}:{ports.https} ",
        "server_name lti.school.example;": "server_name localhost;",
        "/etc/letsencrypt/live/lti.school.example": str(folder),
        "server 127.0.0.1:8000;": f"server {LOOPBACK}:{ports.web};",
        "/var/log/nginx/": f"{folder}/",
    }
    site = put((DEPLOY / "nginx" / "lti-tool.conf").read_text(encoding="utf-8"), **places)
    (folder / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(SERVER.format(user=user, folder=folder, kept=kept, host=LOOPBACK, ports=ports))
    return path
