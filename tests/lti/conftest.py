"""Fixtures of the protocol tests; the functions behind them are in `support/tokens.py` and `support/stub.py`."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from support import tokens
from support.stub import Stub, resolver, serving

from lti_tool.lti.http import Http
from lti_tool.lti.keys import KeySets
from lti_tool.lti.login import LoginState
from lti_tool.lti.platform import Registration


@pytest.fixture
def registration() -> Registration:
    """The platform as the tool knows it."""
    return tokens.registration()


@pytest.fixture
def login() -> LoginState:
    """A login that waits for its answer."""
    return tokens.login_state()


@pytest.fixture
def keys() -> KeySets:
    """Key sets that know the platform's key."""
    return tokens.key_sets()


@pytest.fixture(scope="session")
def platform_key() -> rsa.RSAPrivateKey:
    """The platform's private key."""
    return tokens.private_key()


@pytest.fixture
def claims() -> Callable[..., dict[str, Any]]:
    """`claims(**overrides)`: a student's launch."""
    return tokens.claims


@pytest.fixture
def sign() -> Callable[..., str]:
    """`sign(claims, key, kid, alg)`: an id_token."""
    return tokens.sign


@pytest.fixture
def lms() -> Iterator[Stub]:
    """A platform's server that answers as told."""
    with serving() as stub:
        yield stub


@pytest.fixture
def http() -> Http:
    """The guarded client, which may reach that server."""
    return Http(("127.0.0.1",), resolver())
