"""Addresses in a Link header, read as leniently as platforms write it (AGS 2.0 §3.2.4).

Moodle puts curly quotes around the relation and escapes the address as if for HTML. Everything here is linear
in the length of the header, whoever wrote it.
"""

from urllib.parse import urljoin

_QUOTES = str.maketrans(dict.fromkeys("“”„‟″‘’'", '"'))


def next_link(header: str, base: str) -> str | None:
    """The address of the next page; see `related`."""
    return related(header, base, "next")


def related(header: str, base: str, relation: str) -> str | None:
    """The address of `relation` in `header`, made absolute by `base`; case and query stay as they are."""
    for part in _as_utf8(header).split("<")[1:]:
        target, closed, parameters = part.partition(">")
        if closed and relation in _relations(parameters):
            try:
                return urljoin(base, target.strip().replace("&amp;", "&"))
            except ValueError:
                return None
    return None


def _as_utf8(header: str) -> str:
    """http.client reads headers as Latin-1; Moodle's quotes are UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _relations(parameters: str) -> list[str]:
    """The relation types among the parameters of one link."""
    for parameter in parameters.translate(_QUOTES).split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "rel":
            return value.strip(' \t,"').lower().split()
    return []
