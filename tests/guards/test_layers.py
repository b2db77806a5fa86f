"""The rows of the architecture: who may import whom, and which library lives where."""

import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from guards.source import ROOT, Module, module_named, read_modules

Rule = Callable[[dict[str, Module]], Iterator[str]]

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "config": ("errors",),
    "tracing": (),
    "logs": ("tracing",),
    "metrics": (),
    "liveness": ("metrics",),
    "domain": (),
    "curriculum": ("errors", "domain"),
    "lti": ("errors", "metrics"),
    "storage": ("errors",),
    "services": ("errors", "tracing", "metrics", "domain", "curriculum", "lti", "storage"),
    "web": (
        *("errors", "tracing", "metrics", "config"),
        *("domain", "curriculum", "lti", "storage", "services"),
    ),
    "worker": (
        *("errors", "tracing", "metrics", "liveness", "config"),
        *("domain", "curriculum", "lti", "storage", "services"),
    ),
    # What a queue calls instead of the embedded worker: the same functions, with its own wiring of their needs.
    "tasks": ("errors", "config", "curriculum", "lti", "storage", "logs", "metrics", "liveness", "worker"),
    "demo": ("errors", "lti"),  # a stranger to the tool: it knows the protocol and nothing else
    # The demo's wiring, as `app` is the tool's: it alone sees both the tool and its pretend LMS.
    "demonstration": ("errors", "config", "domain", "demo", "services", "storage"),
    # The author's look at a package: it borrows words and looks of the pages, and registers none of them.
    "preview": ("errors", "curriculum", "domain", "web"),
    "app": ("errors", "config", "domain", "curriculum", "lti", "storage", "services", "web"),
    # A command starts the worker, the demonstration or the preview; it opens no page itself.
    "cli": (
        *("errors", "config", "domain", "curriculum", "lti", "storage", "services"),
        *("logs", "metrics", "liveness", "worker", "demonstration", "preview", "commands"),
    ),
    "commands": ("errors", "config", "domain", "curriculum", "lti", "storage", "services"),
    "wsgi": ("config", "logs", "app", "web", "worker", "tasks"),
}
"""Every layer, and the layers below that it may import besides itself."""

PAGES_TAKE = ("db", "files", "operators", "people", "platforms")
"""Modules of `storage` that pages may name: the session, and the rows of who is there that services hand them.

What pages ask goes through a service."""

PAGES = ("web", "demo", "preview", "app", "wsgi")
PROTOCOL = ("lti", "demo")
FENCES: dict[str, tuple[str, ...]] = {
    "flask": PAGES,
    "flask_babel": PAGES,
    "flask_bootstrap": PAGES,
    "flask_wtf": PAGES,
    "itsdangerous": PAGES,
    "jinja2": PAGES,
    "limits": PAGES,
    "markupsafe": PAGES,
    "werkzeug": PAGES,
    "prometheus_client": ("metrics",),
    "argon2": ("services",),
    "structlog": ("logs", "services", "web", "worker", "tasks"),
    "celery": ("tasks",),
    "click": ("cli", "commands"),
    "sqlalchemy": ("storage",),
    "alembic": ("storage",),
    "fsspec": ("storage",),
    "pylti1p3": PROTOCOL,
    "jwt": PROTOCOL,
    "cryptography": PROTOCOL,
    "requests": PROTOCOL,
    "urllib3": PROTOCOL,
    "yaml": ("curriculum",),
    "markdown_it": ("curriculum",),
    "mdit_py_plugins": ("curriculum",),
    "mdit_py_cjk_friendly": ("curriculum",),
    "nh3": ("curriculum",),
    "budoux": ("curriculum",),
    "pydantic": ("curriculum",),
    "gunicorn": (),  # started as a program, never imported
    "_typeshed": ("demo",),  # exists for type checkers only
}
"""Every library, and the layers that may import it."""

OUTSIDE_WORLD = {"io", "logging", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "tempfile"}
OUTSIDE_WORLD |= {"threading", "time", "urllib"}
"""Standard modules that pure rules have no use for."""


def layers_kept(modules: dict[str, Module]) -> Iterator[str]:
    """A module imports its own layer and those that its row allows."""
    for module in modules.values():
        for wanted in module.imports:
            target = module_named(wanted.target, modules)
            if target is None or not module.layer:
                continue
            layer = modules[target].layer
            if module.layer not in MAY_IMPORT:
                yield f"{module.at(wanted.line)}: layer {module.layer} has no row in this table"
            elif layer != module.layer and layer not in MAY_IMPORT[module.layer]:
                yield f"{module.at(wanted.line)}: {module.layer} must not import {target}"


def pages_ask_services(modules: dict[str, Module]) -> Iterator[str]:
    """Pages do not query the database."""
    for module in modules.values():
        for wanted in module.imports:
            target = module_named(wanted.target, modules) or ""
            _package, layer, name = (*target.split("."), "", "", "")[:3]
            if module.layer == "web" and layer == "storage" and name not in PAGES_TAKE:
                yield f"{module.at(wanted.line)}: web must ask a service, not {target}"


def fences_kept(modules: dict[str, Module]) -> Iterator[str]:
    """A library is imported where its fence allows, and nowhere without a fence."""
    for module in modules.values():
        for wanted in module.imports:
            library = wanted.target.split(".")[0]
            if library == "lti_tool" or library in sys.stdlib_module_names or wanted.relative:
                continue
            if library not in FENCES:
                yield f"{module.at(wanted.line)}: {library} has no fence in this table"
            elif module.layer not in FENCES[library]:
                yield f"{module.at(wanted.line)}: {module.layer} must not import {library}"


def domain_is_pure(modules: dict[str, Module]) -> Iterator[str]:
    """Rules of the domain touch no file, clock, thread or network."""
    for module in modules.values():
        for wanted in module.imports:
            if module.layer == "domain" and wanted.target.split(".")[0] in OUTSIDE_WORLD:
                yield f"{module.at(wanted.line)}: domain must not import {wanted.target}"


def imports_in_the_open(modules: dict[str, Module]) -> Iterator[str]:
    """Imports are absolute, at the top, and spelled as imports."""
    for module in modules.values():
        for wanted in module.imports:
            if wanted.inside:
                yield f"{module.at(wanted.line)}: import inside a function"
            if wanted.relative:
                yield f"{module.at(wanted.line)}: relative import"
            if wanted.target.split(".")[0] == "importlib":
                yield f"{module.at(wanted.line)}: importlib hides what is imported"


def no_cycles(modules: dict[str, Module]) -> Iterator[str]:
    """No two modules need each other, not even for types only."""
    graph = {
        module.name: {found for wanted in module.imports if (found := module_named(wanted.target, modules))}
        - {module.name}
        for module in modules.values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield "cycle: " + " -> ".join(error.args[1])


RULES: tuple[Rule, ...] = (
    layers_kept,
    pages_ask_services,
    fences_kept,
    domain_is_pure,
    imports_in_the_open,
    no_cycles,
)


@pytest.fixture(scope="module")
def modules() -> dict[str, Module]:
    """The project itself."""
    return read_modules(ROOT)


@pytest.mark.parametrize("rule", RULES)
def test_the_project_keeps_the_rule(rule: Rule, modules: dict[str, Module]):
    found = list(rule(modules))
    assert not found, "\n".join(found)


def test_every_layer_has_its_row(modules: dict[str, Module]):
    """A row too many would speak of something that is gone; a layer without one would be unguarded."""
    assert {module.layer for module in modules.values()} - {""} == set(MAY_IMPORT)


def test_the_rows_have_an_order():
    """No layer reaches itself through others; siblings are blind to each other."""
    order = tuple(
        TopologicalSorter({layer: set(below) for layer, below in MAY_IMPORT.items()}).static_order()
    )
    assert order.index("errors") < order.index("domain") < order.index("services") < order.index("wsgi")
    siblings = {"curriculum", "lti", "storage"}
    assert all(not siblings & set(MAY_IMPORT[layer]) for layer in siblings)


PLANTED: tuple[tuple[Rule, str, str, str], ...] = (
    (
        layers_kept,
        "services/x.py",
        "from lti_tool.web import access",
        "services must not import lti_tool.web",
    ),
    (layers_kept, "storage/x.py", "import lti_tool.lti.keys", "storage must not import lti_tool.lti.keys"),
    (layers_kept, "lti/x.py", "from lti_tool.domain.course import Course", "lti must not import"),
    (layers_kept, "curriculum/x.py", "from lti_tool import config", "curriculum must not import"),
    (layers_kept, "demo/x.py", "from lti_tool.storage import db", "demo must not import"),
    (layers_kept, "demo/x.py", "from lti_tool.services import keys", "demo must not import"),
    (layers_kept, "web/x.py", "from lti_tool.cli import main", "web must not import lti_tool.cli"),
    (layers_kept, "errors.py", "from lti_tool.config import load", "errors must not import lti_tool.config"),
    (layers_kept, "helpers/x.py", "from lti_tool.errors import ToolError", "helpers has no row"),
    (pages_ask_services, "web/x.py", "from lti_tool.storage import work_queries", "web must ask a service"),
    (pages_ask_services, "web/x.py", "from lti_tool.storage.work import Attempt", "web must ask a service"),
    (fences_kept, "services/x.py", "from sqlalchemy import select", "services must not import sqlalchemy"),
    (fences_kept, "services/x.py", "from flask import request", "services must not import flask"),
    (fences_kept, "domain/x.py", "import yaml", "domain must not import yaml"),
    (fences_kept, "storage/x.py", "import requests", "storage must not import requests"),
    (fences_kept, "cli.py", "import gunicorn.app.base", "cli must not import gunicorn"),
    (fences_kept, "web/x.py", "import numpy", "numpy has no fence"),
    (domain_is_pure, "domain/x.py", "from pathlib import Path", "domain must not import pathlib"),
    (imports_in_the_open, "web/x.py", "def f():\n    import json", "x.py:2: import inside a function"),
    (imports_in_the_open, "web/x.py", "class A:\n  def f(self):\n    if 1:\n      import json", "x.py:4:"),
    (imports_in_the_open, "web/x.py", "from . import access", "relative import"),
    (imports_in_the_open, "web/x.py", "from importlib import import_module", "importlib hides"),
    (no_cycles, "web/access.py", "from lti_tool.web import x", "cycle: "),
)


@pytest.mark.parametrize(("rule", "file", "code", "said"), PLANTED)
def test_the_guard_catches_what_is_planted(rule: Rule, file: str, code: str, said: str, tmp_path: Path):
    """A small copy of the tree that keeps every rule, until one line is planted."""
    clean = {
        "errors.py": "",
        "config.py": "from lti_tool.errors import ToolError",
        "cli.py": "",
        "domain/course.py": "import sys",
        "lti/keys.py": "import jwt",
        "services/keys.py": "from lti_tool.lti import keys",
        "storage/db.py": "import sqlalchemy",
        "storage/work.py": "",
        "storage/work_queries.py": "",
        "web/access.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import flask",
        "web/x.py": "from lti_tool.web import access",
    }
    _write(tmp_path, clean)
    assert [found for every in RULES for found in every(read_modules(tmp_path))] == []
    _write(tmp_path, {file: code})
    if rule is no_cycles:
        _write(tmp_path, {"web/x.py": clean["web/x.py"]})
    found = list(rule(read_modules(tmp_path)))
    assert len(found) == 1, found
    assert said in found[0]


def _write(root: Path, files: dict[str, str]) -> None:
    for name, code in files.items():
        path = root / "lti_tool" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
