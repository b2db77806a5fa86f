"""Addresses that came from outside: which are safe to send a browser to, and whose they are."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

# Browsers drop, fold or rewrite these, so what they open is not what we compared (ATK-02).
_DECEPTIVE = re.compile(r"[\x00-\x20\x7f\\]|%0[0ad]", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def origin(url: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of a plain absolute http or https address, else None."""
    if _DECEPTIVE.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in _PORTS or not host or not host.isascii() or "@" in parts.netloc:
        return None
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port


@lru_cache(1024)
def origin_text(url: str) -> str:
    """The origin of an address as browsers write it, without the usual port; "" of what is none."""
    found = origin(url)
    if found is None:
        return ""
    scheme, host, port = found
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{'' if _PORTS[scheme] == port else f':{port}'}"


def is_secure(url: str) -> bool:
    """Whether a browser may be sent there: https, or http to this machine while developing (SEC §3)."""
    found = origin(url)
    if found is None:
        return False
    scheme, host, _ = found
    return scheme == "https" or host in _LOOPBACK or host.endswith(".localhost")
