"""The LMS of the benchmark: its key, its key set (also as a slow one), its id_tokens.

It runs in the process that measures; only the tools' own processor time is counted.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lti_tool.lti.claims import AGS_ENDPOINT, CLAIM, NRPS_SERVICE, RESOURCE_LINK, SCOPE_SCORE

KID = "bench"
DEPLOYMENT = "1"
CLIENT, SLOW_CLIENT = "bench", "bench-slow"
SLOW_SECONDS = 0.1
PEOPLE = 30


class Platform:
    """A platform on a loopback port. `close` ends its server."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        jwk = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        keys = {
            "keys": [{"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": KID, "alg": "RS256", "use": "sig"}]
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(json.dumps(keys).encode()))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.jwks_url, self.slow_jwks_url = f"{self.url}/keys", f"{self.url}/slow-keys"
        self.auth_url, self.token_url = f"{self.url}/auth", f"{self.url}/token"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def id_token(self, client: str, nonce: str, target: str, person: int, node: str) -> str:
        """A student's launch as Moodle shapes it; `node` is the activity placed there."""
        issued = int(time.time())
        claims = {
            "iss": self.url,
            "aud": client,
            "iat": issued,
            "exp": issued + 60,
            "nonce": nonce,
            "sub": str(person % PEOPLE),
            "name": f"学生 {person % PEOPLE}",
            "given_name": str(person % PEOPLE),
            "family_name": "学生",
            "email": f"student{person % PEOPLE}@school.example",
            **self._message(target, node),
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KID})

    def _message(self, target: str, node: str) -> dict[str, Any]:
        services = f"{self.url}/services"
        return {
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": RESOURCE_LINK,
            CLAIM + "deployment_id": DEPLOYMENT,
            CLAIM + "target_link_uri": target,
            CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            CLAIM + "context": {
                "id": "2",
                "label": "LC101",
                "title": "Live Commerce",
                "type": ["CourseSection"],
            },
            CLAIM + "resource_link": {"id": f"link-{node}", "title": "Activity"},
            CLAIM + "launch_presentation": {"locale": "ja", "document_target": "iframe"},
            CLAIM + "tool_platform": {"product_family_code": "moodle", "guid": "93b8f1fd", "name": "School"},
            CLAIM + "custom": {"node": node},
            AGS_ENDPOINT: {"scope": [SCOPE_SCORE], "lineitems": f"{services}/2/lineitems?type_id=1"},
            NRPS_SERVICE: {"context_memberships_url": f"{services}/2/members", "service_versions": ["2.0"]},
        }


def _handler(keys: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/slow-keys":
                time.sleep(SLOW_SECONDS)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
