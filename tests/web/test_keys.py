"""The tool's keys in the admin area."""

import pytest
from support import operating
from support.launching import BASE, Launched


@pytest.fixture
def operator(app, engine, now) -> Launched:
    """Somebody in the admin area."""
    operating.make_operator(engine, now)
    return operating.log_in(app)


def published(app) -> list[str]:
    """The kids that every LMS sees."""
    return [key["kid"] for key in app.test_client().get("/lti/jwks.json", base_url=BASE).json["keys"]]


def test_a_key_is_changed_without_anybody_noticing(operator, app, clock):
    """KEY-03."""
    (old,) = published(app)
    page = operator.post("keys/rotate").text
    assert "新しい鍵を公開しました" in page
    new = published(app)[0]
    assert published(app) == [new, old]
    assert new in page
    assert 'action="/admin/keys/rotate"' not in page, "one waits already"
    again = operator.post("keys/rotate")
    assert again.status_code == 409
    assert "すでに公開されています" in again.text
    clock.forward(hours=49)
    assert published(app) == [new]


def test_leaked_keys_are_withdrawn(operator, app):
    old = published(app)
    assert "すべて取り下げました" in operator.post("keys/replace").text
    assert len(published(app)) == 1
    assert published(app) != old


def test_nothing_private_is_shown(operator):
    """KEY-01."""
    page = operator.get("keys/").text
    assert "PRIVATE" not in page
    assert "署名に使用中" in page
