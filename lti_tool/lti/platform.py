"""A registration: one LMS site that knows the tool as one client."""

from dataclasses import dataclass

from lti_tool.errors import RegistrationFailed
from lti_tool.lti.urls import is_secure


@dataclass(frozen=True)
class Registration:
    """What both sides agreed on (SEC §5.1.1, CORE §3.1.3).

    Raises RegistrationFailed for an authorization address that is not https (http only on this machine,
    LOG-24): browsers are sent there with the login. The other addresses are judged by the outbound client at
    every call.
    """

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str = ""
    """Audience of client assertions where it is not the token address; empty otherwise."""
    trusted_audiences: frozenset[str] = frozenset()
    """Who else may stand in `aud` beside us (SEC §5.1.3(3)); nobody unless named."""

    def __post_init__(self) -> None:
        if not is_secure(self.auth_url):
            raise RegistrationFailed("the authorization endpoint must be an https address")
