"""Our own keys: what we publish, and what we sign with it (checklist section J)."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lti_tool.lti.keys import jwks, load_signer, new_key


def test_our_key_set_shows_only_the_public_half() -> None:
    """KEY-01: kty, alg, use, kid, n, e; base64url without padding; nothing private."""
    stored = [new_key(), new_key()]
    found = json.loads(json.dumps(jwks(stored)))
    assert list(found) == ["keys"]
    assert [key["kid"] for key in found["keys"]] == [kid for kid, _ in stored]
    for key in found["keys"]:
        assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
        assert "=" not in key["n"] + key["e"]


def test_a_kid_belongs_to_one_key_for_ever() -> None:
    """KEY-02: it is the key's own thumbprint, so other material has another."""
    (one, pem), (two, _) = new_key(), new_key()
    assert one != two
    assert jwks([(one, pem)]) == jwks([(one, pem)])
    assert 0 < len(one) <= 64


def test_a_key_has_2048_bits_at_least() -> None:
    """KEY-04: and is stored as PKCS #8."""
    kid, pem = new_key()
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    assert load_signer(kid, pem).key.key_size == 2048


def test_what_we_sign_verifies_with_what_we_publish() -> None:
    """KEY-01, KEY-02, CERT-D05: by any reader of key sets, found by the kid in the header."""
    kid, pem = new_key()
    token = load_signer(kid, pem).sign({"iss": "tool", "n": 1})
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": kid, "typ": "JWT"}
    published = jwt.PyJWKSet.from_dict(jwks([new_key(), (kid, pem)]))[kid]
    assert jwt.decode(token, published, algorithms=["RS256"]) == {"iss": "tool", "n": 1}


def test_a_signer_is_made_once_and_keeps_its_secret() -> None:
    """KEY-04, ATK-22: the key object is kept, and no log line can show it."""
    kid, pem = new_key()
    assert load_signer(kid, pem) is load_signer(kid, pem)
    assert repr(load_signer(kid, pem)) == f"Signer(kid='{kid}')"


def test_another_kind_of_key_is_no_signer() -> None:
    """KEY-01: RS256 needs an RSA key."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(TypeError):
        load_signer("ec", pem.decode())
