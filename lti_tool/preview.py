"""`lti-tool content preview`: the course of a folder in its author's browser, as it is read, without an LMS.

An application of its own, with no database, no launch and none of the tool's views: nothing in it leads into the
tool. It shows keys, of examinations too, so it listens on loopback only and answers to no other name, lest a page
of elsewhere reach it under a name that was made to point here.
"""

import mimetypes
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from flask import Flask, Response, abort, current_app, g, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from markupsafe import Markup
from werkzeug.serving import make_server

from lti_tool.curriculum.load import review
from lti_tool.curriculum.markdown import Bases, render
from lti_tool.curriculum.problems import Problem
from lti_tool.domain.course import LANGS, Assignment, Course, Lang, Lesson, Quiz, Text
from lti_tool.domain.glossary import shelves
from lti_tool.errors import ConfigError
from lti_tool.web import look, words
from lti_tool.web.lessons import SANDBOX

HOST = "127.0.0.1"
COOKIE = "preview_language"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Reader:
    """Stands where pages of the tool have a launch: it knows the language and nothing else."""

    language: str


@dataclass(frozen=True)
class Reading:
    """What the folder held when it was last read."""

    stamp: str
    course: Course | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


class Folder:
    """A content package that may change at any time; read again when it has."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._kept: Reading | None = None

    def stamp(self) -> str:
        """Another text whenever a file came, went or was written."""
        found = sorted(
            (str(path), state.st_mtime_ns, state.st_size)
            for top, _folders, names in os.walk(self._path)
            for path in (Path(top, name) for name in names)
            if (state := _state(path))
        )
        return f"{hash(tuple(found)):x}"

    def read(self) -> Reading:
        """The package as it is now."""
        with self._lock:
            stamp = self.stamp()
            if self._kept is None or self._kept.stamp != stamp:
                course, problems, warnings = review(self._path, datetime.now(UTC).date())
                self._kept = Reading(stamp, course, tuple(problems), tuple(warnings))
            return self._kept


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # an editor has just replaced it
        return None


def create_preview(folder: Path, names: Iterable[str]) -> Flask:
    """The application. `names` are the values of the Host header it answers to."""
    app = Flask("lti_tool.web", static_folder="static", template_folder="templates")
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, BABEL_DEFAULT_LOCALE="ja")
    app.extensions["preview"] = Folder(folder)
    known = frozenset(names)
    Bootstrap5(app)
    words.install(app)
    for show in (look.text, look.prose, look.heading, look.when, look.size):
        app.add_template_filter(show)

    @app.before_request
    def begin() -> None:
        if request.host not in known:
            abort(403)
        g.launch = Reader(_language())

    app.after_request(_finish)
    app.add_url_rule("/", view_func=home)
    app.add_url_rule("/glossary", view_func=glossary)
    app.add_url_rule("/start-check", view_func=start_check)
    app.add_url_rule("/state", view_func=state)
    app.add_url_rule("/n/<node_id>", view_func=node)
    app.add_url_rule("/assets/<module_id>/<name>", view_func=asset)
    return app


def serve(folder: Path, port: int) -> None:
    """Serve until Ctrl-C. Raises ConfigError when the port is taken."""
    app = create_preview(folder, (f"{HOST}:{port}", f"localhost:{port}"))
    try:
        server = make_server(HOST, port, app, threaded=True)
    except (OSError, SystemExit) as error:
        raise ConfigError(f"port {port} is taken: choose another with --port") from error
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def _language() -> Lang:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        for lang in LANGS:
            if wanted == lang:
                return lang
    return "en" if request.accept_languages.best_match(LANGS, "ja") == "en" else "ja"


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if request.args.get("lang") in LANGS:
        response.set_cookie(COOKIE, request.args["lang"], httponly=True, samesite="Strict")
    return response


def _reading() -> Reading:
    folder: Folder = current_app.extensions["preview"]
    return folder.read()


def _page(template: str, **values: object) -> str:
    found = _reading()
    shared = {"lang": g.launch.language, "course": found.course, "reading": found}
    if found.course is None:
        return render_template("preview/problems.html", **shared)
    return render_template(template, **shared, **values)


def home() -> ResponseReturnValue:
    """The whole course at a glance, with what is worth a second look."""
    return _page("preview/home.html")


def glossary() -> ResponseReturnValue:
    """Every term."""
    course = _reading().course
    return _page(
        "preview/glossary.html", shelves=shelves(course.glossary, g.launch.language) if course else ()
    )


def start_check() -> ResponseReturnValue:
    """The start check with its advice, its routes, and its questions with their keys."""
    course = _reading().course
    if course is not None and course.start_check is None:
        abort(404)
    return _page("preview/start_check.html")


def state() -> ResponseReturnValue:
    """Changes when a file does: pages that look on ask again and again."""
    folder: Folder = current_app.extensions["preview"]
    return {"stamp": folder.stamp()}


def node(node_id: str) -> ResponseReturnValue:
    """A module, a lesson, a quiz with its keys, or an assignment."""
    course = _reading().course
    if course is None:
        return _page("preview/problems.html")
    if node_id not in course.nodes:
        abort(404)
    found, module = course.nodes[node_id], course.places[node_id][1]
    if module is None:
        return _page("preview/home.html")
    kind = {Lesson: "lesson", Quiz: "quiz", Assignment: "assignment"}.get(type(found), "module")
    body = found.body if isinstance(found, Lesson) else found.brief if isinstance(found, Assignment) else None
    return _page(f"preview/{kind}.html", node=found, module=module, body=_body(body, module.id, course))


def _body(body: Text | None, module_id: str, course: Course) -> Markup:
    if body is None:
        return Markup()
    lang: Lang = g.launch.language
    bases = Bases(f"../assets/{module_id}/", "../n/", "../glossary", course.glossary)
    return Markup(render(body[lang], lang, bases))  # noqa: S704 (cleaned by the renderer)


def asset(module_id: str, name: str) -> ResponseReturnValue:
    """A figure or file that the package names; no other file of the folder."""
    course = _reading().course
    module = next((each for each in course.modules if each.id == module_id), None) if course else None
    if module is None or name not in module.assets:
        abort(404)
    answer = send_file(
        module.assets[name], mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream"
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
