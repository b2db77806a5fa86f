"""Where the tool may connect to: what an address must look like, and which resolved addresses are reachable.

Addresses of key sets, token endpoints and services come from outside, so they are treated as hostile: https
only, no tricks in the host name, and nothing that leads into the private network of whoever runs the tool
(ATK-03).
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import ConfigError

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[..., Iterable[tuple[Any, ...]]]
"""Like `socket.getaddrinfo`."""
Endpoint = tuple[socket.AddressFamily, tuple[Any, ...]]
"""A family and a socket address, ready to connect to."""

_GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    # Older Pythons count some of these as global: protocol assignments, relays, tunnels carrying IPv4.
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)
_ODD_CHARACTERS = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")


class RefusedError(Exception):
    """The address may not be called. The message says why, and names no resolved address."""


@dataclass(frozen=True)
class _Entry:
    """One entry of the allow list: a host name or a network, on one port or on all."""

    host: str
    network: Network | None
    port: int | None

    def covers(self, host: str, port: int) -> bool:
        return self.network is None and self.host == host and self.port in {None, port}

    def contains(self, ip: Ip, port: int) -> bool:
        return self.network is not None and ip in self.network and self.port in {None, port}


class Guard:
    """Decides about addresses. `allow` holds hosts, `host:port` and CIDR networks, reachable though private.

    Plain http is for listed hosts only (a network in the list counts for literal addresses, not for names).
    """

    def __init__(self, allow: tuple[str, ...] = (), resolver: Resolver = socket.getaddrinfo) -> None:
        self._entries = tuple(_entry(text) for text in allow)
        self._resolver = resolver
        self._passed = lru_cache(1000)(self._pass)

    def check(self, url: str) -> None:
        """Raise RefusedError for what can be told of `url` without resolving its host.

        What has passed is remembered: thousands of scores go to a few addresses.
        """
        self._passed(url)

    def _pass(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise RefusedError("not an address") from None
        if _ODD_CHARACTERS.search(url) or parts.scheme not in {"https", "http"} or not parts.hostname:
            raise RefusedError("not an https:// address")
        if "@" in parts.netloc or port == 0:
            raise RefusedError("an address must not carry a user name or port 0")
        host = _canonical(parts.hostname)
        port = port or (80 if parts.scheme == "http" else 443)
        if parts.scheme == "http":
            self._check_plain(host, port)
        literal = _literal(host)
        if literal is not None and not self._named(host, port) and not self._reachable(literal, port):
            raise RefusedError(f"{host} is not a public address")

    def endpoints(self, host: str, port: int) -> list[Endpoint]:
        """Resolve `host` once and return where to connect; RefusedError if an address of it is not reachable.

        Raises OSError when the name cannot be resolved.
        """
        host = _canonical(host.strip("[]").lower())
        found = self._resolve(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        named = self._named(host, port)
        if not all(named or self._reachable(ip, port) for ip, _ in found):
            raise RefusedError(f"{host} is not a public address")
        return [endpoint for _, endpoint in found]

    def _resolve(self, host: str, port: int) -> list[tuple[Ip, Endpoint]]:
        literal = _literal(host)
        if literal is not None:
            return [(literal, _endpoint(literal, port))]
        return [
            (ipaddress.ip_address(address[0]), (socket.AddressFamily(family), tuple(address)))
            for family, _, _, _, address in self._resolver(host, port, type=socket.SOCK_STREAM)
        ]

    def _named(self, host: str, port: int) -> bool:
        return any(entry.covers(host.rstrip("."), port) for entry in self._entries)

    def _reachable(self, ip: Ip, port: int) -> bool:
        ip = _carried(ip)
        return _public(ip) or self._listed(ip, port)

    def _listed(self, ip: Ip, port: int) -> bool:
        return any(entry.contains(ip, port) for entry in self._entries)

    def _check_plain(self, host: str, port: int) -> None:
        literal = _literal(host)
        listed = literal is not None and any(
            entry.contains(_carried(literal), port) for entry in self._entries
        )
        if not listed and not self._named(host, port):
            raise RefusedError("http:// is only for hosts listed in LTI_TOOL_OUTBOUND_ALLOW")


def _entry(text: str) -> _Entry:
    host, port = text.strip().lower(), None
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*):([0-9]{1,5})", host)
    if match:
        host, port = match[1], int(match[2])
    host = host.strip("[]").rstrip(".")
    try:
        return _Entry(host, ipaddress.ip_network(host), port)
    except ValueError:
        if "/" in host or not _HOST_NAME.fullmatch(host):
            raise ConfigError(
                f"LTI_TOOL_OUTBOUND_ALLOW: {text!r} is no host, host:port or CIDR network"
            ) from None
    return _Entry(host, None, port)


def _canonical(host: str) -> str:
    """`host` as it is; RefusedError for spellings that resolvers take otherwise than people (0x7f.1)."""
    literal = _literal(host)
    if literal is not None:
        return host
    if len(host) > 253 or not _HOST_NAME.fullmatch(host):
        raise RefusedError("write the host name in ASCII (xn--...)")
    if _NUMERIC_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise RefusedError("write a numeric host as four decimal numbers")
    return host


def _literal(host: str) -> Ip | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _endpoint(ip: Ip, port: int) -> Endpoint:
    if ip.version == 6:
        return socket.AF_INET6, (str(ip), port, 0, 0)
    return socket.AF_INET, (str(ip), port)


def _carried(ip: Ip) -> Ip:
    """The IPv4 address inside a NAT64 one, which is where the packets end; other addresses as they are."""
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip


def _public(ip: Ip) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in _SPECIAL):
        return False
    return ip.version == 4 or ip in _GLOBAL_IPV6
