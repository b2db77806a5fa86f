"""How often somebody may knock: by address, by name, by the minute and the hour, in one process or in all."""

import pytest
from flask import Flask
from limits.errors import StorageError
from support.live import free_port
from werkzeug.exceptions import TooManyRequests

from lti_tool.web.limits import Limit, OwnCounts, SharedCounts, address, counts, limited

SOMEBODY = {"REMOTE_ADDR": "192.0.2.1"}


@pytest.fixture(params=["own", "shared"])
def kept(request):
    """Counts of this process, and those of a storage that processes share (here: one that needs no server)."""
    return OwnCounts() if request.param == "own" else SharedCounts("memory://")


def knock(app: Flask, view, **environ: str) -> str:
    with app.test_request_context("/", environ_overrides={**SOMEBODY, **environ}):
        return view()


def test_no_more_than_that_many_from_one_address(app: Flask, kept):
    view = limited(lambda: "in", kept, Limit(2, 60, address))
    assert [knock(app, view) for _ in range(2)] == ["in", "in"]
    with pytest.raises(TooManyRequests):
        knock(app, view)
    assert knock(app, view, REMOTE_ADDR="192.0.2.2") == "in", "somebody else is not in the way"


def test_every_limit_counts(app: Flask, kept):
    names = iter(["anna", "anna", "anna"])
    view = limited(lambda: "in", kept, Limit(9, 60, address), Limit(2, 3600, lambda: next(names)))
    assert [knock(app, view) for _ in range(2)] == ["in", "in"]
    with pytest.raises(TooManyRequests):
        knock(app, view, REMOTE_ADDR="192.0.2.2")


def test_a_new_minute_begins_at_nought_and_the_old_is_forgotten(app: Flask, clock):
    kept = OwnCounts()
    view = limited(lambda: "in", kept, Limit(1, 60, address))
    for number in range(3):
        assert knock(app, view, REMOTE_ADDR=f"192.0.2.{number}") == "in"
        clock.forward(minutes=1)
    (window,) = kept._windows.values()
    assert len(window[1]) == 1


def test_counts_are_shared_where_the_settings_name_a_place():
    assert isinstance(counts(""), OwnCounts)
    assert isinstance(counts("memory://"), SharedCounts)


def test_while_redis_is_away_every_process_counts_for_itself(app: Flask, caplog):
    kept = SharedCounts(f"redis://:secret@127.0.0.1:{free_port()}/0")
    view = limited(lambda: "in", kept, Limit(2, 60, address))
    assert [knock(app, view) for _ in range(2)] == ["in", "in"]
    with pytest.raises(TooManyRequests):
        knock(app, view)
    assert len(caplog.records) == 1, "it is not asked at every knock"
    assert "secret" not in caplog.text


def test_after_a_while_redis_is_asked_again(app: Flask, clock, monkeypatch: pytest.MonkeyPatch):
    kept, away = SharedCounts("memory://"), [True]
    shared = kept._windows.hit

    def hit(*about: object) -> bool:
        if away.pop():
            raise StorageError(ConnectionError())
        away.append(False)
        return shared(*about)

    monkeypatch.setattr(kept._windows, "hit", hit)
    view = limited(lambda: "in", kept, Limit(1, 60, address))
    assert knock(app, view) == "in"
    away.append(False)
    clock.forward(seconds=10)
    assert knock(app, view) == "in", "Redis has not seen the knock before"
    with pytest.raises(TooManyRequests):
        knock(app, view)
