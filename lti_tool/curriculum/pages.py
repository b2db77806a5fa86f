"""Checks of what stands in the files besides structure: Markdown, links, assets, stray files, claims."""

import re
from collections.abc import Collection, Iterator

from lti_tool.curriculum.claims import check_claims
from lti_tool.curriculum.instructor import INSTRUCTOR
from lti_tool.curriculum.package import Package, correction
from lti_tool.curriculum.simulations import SIMULATIONS

ASSETS = "assets"
ASSET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(svg|png|jpg|jpeg|webp|gif|csv|txt|pdf)")
WELCOME = frozenset({"README.md"})
"""Notes for authors may lie anywhere."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_H1 = re.compile(r"^ {0,3}#(?!#)[ \t]|^(?=\S)[^\n]+\n {0,3}=+[ \t]*$", re.MULTILINE)
_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(\s[^<>]*)?/?>|<!--|<[?!][a-zA-Z]")
_NO_ALT = re.compile(r"!\[\s*\](?=[(\[])")
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)|^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?(?=[^)\s>])")
_SCRIPT = re.compile(r"<\s*(script|foreignobject)|\bon[a-z]+\s*=|javascript:", re.IGNORECASE)


def check_pages(package: Package, nodes: Collection[str]) -> None:
    """Check every file read so far. `nodes` are the ids that a link may name."""
    used: set[str] = set()
    for path, text in package.texts.items():
        check_claims(package, path, text)
        if path.endswith(".md"):
            used.update(_check_markdown(package, path, text, nodes))
    for folder in sorted({path.rpartition("/")[0] for path in package.texts}):
        if folder != SIMULATIONS and folder.rpartition("/")[2] not in {"", INSTRUCTOR}:
            _check_folder(package, folder, used)


def _check_markdown(package: Package, path: str, text: str, nodes: Collection[str]) -> Iterator[str]:
    """Report the faults of a page; yields the assets it uses."""
    prose = _without_code(text)

    def report(place: int, message: str, advice: str) -> None:
        package.report(path, prose.count("\n", 0, place) + 1, message, advice)

    for found in _H1.finditer(prose):
        report(
            found.start(), "a heading of the first level", "begin with ##; the title comes from the YAML file"
        )
    for found in _HTML.finditer(prose):
        if not found[0].startswith("</"):  # its end has been reported with its beginning
            report(found.start(), f"raw HTML {found[0]}", "use Markdown, or put it in `backticks` to show it")
    for found in _NO_ALT.finditer(prose):
        report(found.start(), "an image without alternative text", "say in [ ] what the image shows")
    images = {found.end() for found in _IMAGE.finditer(prose)}
    for found in _TARGET.finditer(prose):
        target = found[1] or found[2] or ""
        message, advice = _link_fault(package, path, target, nodes, image=found.start(1) in images)
        if message:
            report(found.start(), message, advice)
        if target.startswith(f"{ASSETS}/"):
            yield f"{path.rpartition('/')[0]}/{target}"


def _link_fault(
    package: Package, path: str, target: str, nodes: Collection[str], *, image: bool
) -> tuple[str, str]:
    folder = path.rpartition("/")[0]
    if target.startswith(f"{ASSETS}/"):
        if package.exists(f"{folder}/{target}"):
            return "", ""
        package.broken.add(f"{folder}/{target}")
        names = [f"{ASSETS}/{name}" for name in package.files(f"{folder}/{ASSETS}")]
        return f"there is no file {folder}/{target}", correction(target, names, "add it, or correct the name")
    if image:
        return f"the image {target} is not in {ASSETS}/", f"put it in {folder}/{ASSETS}/"
    if (
        re.match(r"https?://[^/]|mailto:.", target)
        or target in nodes
        or (target and package.may_hold(target))
    ):
        return "", ""
    otherwise = f"use https://..., {ASSETS}/... or the id of a part of the course"
    return f"the link `{target}` leads nowhere", correction(target, nodes, otherwise)


def _without_code(text: str) -> str:
    """The text with code blanked out, its lines in place."""
    return _CODE.sub(_blank, _FENCE.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _check_folder(package: Package, folder: str, used: Collection[str]) -> None:
    for name in package.files(folder):
        path = f"{folder}/{name}"
        if path not in package.texts and name not in WELCOME and not _excused(package, folder, name):
            package.report(
                path, 1, "the file is not part of the course", "list it, correct its name or delete it"
            )
    if not package.exists(f"{folder}/module.yaml"):
        return
    for inner in package.folders(folder):
        if inner not in {ASSETS, INSTRUCTOR}:
            advice = f"put files in {ASSETS}/, keys in {INSTRUCTOR}/"
            package.report(f"{folder}/{inner}", 1, "the folder is not part of the course", advice)
    for inner in package.folders(f"{folder}/{ASSETS}"):
        package.report(
            f"{folder}/{ASSETS}/{inner}", 1, "a folder inside assets", f"put files directly in {ASSETS}/"
        )
    for name in package.files(f"{folder}/{ASSETS}"):
        _check_asset(package, f"{folder}/{ASSETS}/{name}", name, used)


def _excused(package: Package, folder: str, name: str) -> bool:
    """Whether something already reported explains why nobody asked for this file."""
    stem = name.partition(".")[0]
    unread = [
        path for path in package.broken if path in (f"{folder}/module.yaml", f"{folder}/assignment.yaml")
    ]
    return package.misspelt(f"{folder}/{name}") or any(
        stem in package.texts.get(path, stem) for path in unread
    )


def _check_asset(package: Package, path: str, name: str, used: Collection[str]) -> None:
    if not ASSET_NAME.fullmatch(name):
        package.report(
            path, 1, "the name of this asset cannot be used", "use letters, digits, - and a known ending"
        )
    elif path not in used and not package.misspelt(path) and not _page_missing(package, path):
        package.report(path, 1, "no page uses this asset", "use it in a lesson or brief, or delete it")
    if name.endswith(".svg"):
        found = _SCRIPT.search(package.text(path) or "")
        if found:
            line = package.texts[path].count("\n", 0, found.start()) + 1
            package.report(path, line, "a script in a drawing", "save it as plain SVG")


def _page_missing(package: Package, path: str) -> bool:
    """Whether a page beside the asset could not be read: it may be the one that uses it."""
    folder = path.partition(f"/{ASSETS}/")[0]
    return any(
        other.startswith(f"{folder}/") and other.endswith((".md", ".yaml")) for other in package.broken
    )
