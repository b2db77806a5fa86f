"""RSA keys of the platform: making, publishing and signing with them.

Deliberately not the tool's own key code: a platform that shared it could not show its mistakes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True)
class Key:
    """A private key (PEM, PKCS 8) and the name it is published under."""

    kid: str
    pem: str

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact RS256 JWT carrying the kid."""
        return jwt.encode(dict(claims), _private(self.pem), algorithm="RS256", headers={"kid": self.kid})

    def public(self) -> dict[str, Any]:
        """The public half as a JWK with alg and use."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(_private(self.pem).public_key(), as_dict=True)
        return {
            "kty": jwk["kty"],
            "n": jwk["n"],
            "e": jwk["e"],
            "kid": self.kid,
            "alg": "RS256",
            "use": "sig",
        }


@lru_cache(maxsize=8)
def _private(pem: str) -> rsa.RSAPrivateKey:
    """The key of a PEM text, kept: reading one costs more than signing with it."""
    return cast(rsa.RSAPrivateKey, serialization.load_pem_private_key(pem.encode(), password=None))


def new_key() -> Key:
    """A fresh 2048 bit key under a random kid."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Key(kid=secrets.token_hex(10), pem=pem.decode())
