"""Grades on their way, for whoever runs the tool."""

from datetime import timedelta

import pytest
from support import operating
from support.launching import Launched
from support.ledgers import fill, queries

from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform


@pytest.fixture
def operator(app, engine, now) -> Launched:
    """Somebody in the admin area."""
    operating.make_operator(engine, now)
    return operating.log_in(app)


def test_the_page_tells_what_waits_what_is_held_and_how_the_lms_answers(operator, client_as, engine, now):
    client_as("instructor", sub="9")
    page = operator.get("passback/").text
    assert "正常" in page
    assert "今すぐ送る" not in page, "nothing waits"
    with queries(engine) as before:
        operator.get("passback/")
    fill(engine, 20, ["a", "b"], now)
    with transaction(engine) as session:
        platform = session.query(Platform).one()
        platform.failures, platform.quiet_until = 4, now + timedelta(minutes=5)
        number = platform.id
    with queries(engine) as after:
        page = operator.get("passback/").text
    assert len(after) == len(before)
    assert "応答なし" in page
    assert "連続4回失敗" in page
    assert "成績表の列がロックされています" in page
    assert "学生 20" not in page, "no name"
    assert "すぐにLMSへ問い合わせ" in operator.post(f"passback/{number}/try").text
    with transaction(engine) as session:
        assert session.query(Platform).one().quiet_until is None
    assert "LMSへの成績の即時送信" in operator.get("audit/").text
    assert operator.post("passback/999/try").status_code == 404
