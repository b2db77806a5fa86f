"""A grade meets a locked column: its student is told what it means, its teacher finds out why and repairs it."""

import pytest
from browser import staging
from browser.conftest import Visitor
from browser.pages import Checker, alone, framed
from browser.words import Words
from browser.world import KEIKO, KEN, SAKURA, World, eventually
from playwright.sync_api import expect

from lti_tool.app import utc_now
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import ScoreReport

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("hurried_worker")]

QUIZ = "t101-quiz"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_held_grade_is_found_understood_and_repaired_with_two_clicks(
    world: World, visitor: Visitor, lang: str
) -> None:
    words, faults = Words(lang), world.lms.faults
    learning, teaching = visitor(lang).new_page(), visitor(lang, width=1100).new_page()
    student = framed(learning, world, SAKURA, "course")
    expect(student.get_by_role("link", name=words("My grades"))).to_be_visible()
    faults.set("unavailable")
    staging.take_quiz(world, SAKURA, QUIZ)
    student.get_by_role("link", name=words("My grades")).click()
    expect(student.get_by_text(words("Waiting to be sent"))).to_be_visible()

    faults.set("locked", scope="scores")
    eventually(lambda: staging.grades_on_hold(world) == 1)
    learning.reload()
    student.get_by_role("link", name=words("My grades")).click()
    told = words("On hold on its way to the LMS. Your teacher sees it; you need do nothing.")
    expect(student.get_by_text(told)).to_be_visible()

    teacher = framed(teaching, world, KEIKO, "course")
    teacher.get_by_role("link", name=words("See which, and what to do")).click()
    why = words("its column is locked in the gradebook")
    expect(teacher.locator(".whys").get_by_text(why)).to_be_visible()
    what = words("Unlock the column, or this student's grade in it, in the gradebook of the LMS.")
    expect(teacher.get_by_text(what)).to_be_visible()
    faults.set("none")  # the teacher unlocks it there
    teacher.get_by_role("button", name=words("Send again")).click()
    expect(teacher.get_by_text(words("Will be sent again in a moment."))).to_be_visible()
    none_left = words("No grade needs you. Every grade is with the LMS or on its way.")
    expect(teacher.get_by_text(none_left)).to_be_visible()

    eventually(lambda: world.grade(SAKURA, QUIZ) == 100)
    learning.reload()
    student.get_by_role("link", name=words("My grades")).click()
    received = student.locator(".state-good").filter(has_text=words("Received by the LMS"))
    expect(received.locator("time")).to_be_visible()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page(world: World, visitor: Visitor, lang: str) -> None:
    """A grade on hold, one that was changed in the LMS, one that is confirmed: for axe, in the dark, on a phone."""
    alone(visitor(lang).new_page(), world, SAKURA)
    alone(visitor(lang).new_page(), world, KEN)
    staging.take_quiz(world, SAKURA, QUIZ)
    staging.take_quiz(world, KEN, QUIZ, mistakes=1)
    alone(visitor(lang).new_page(), world, KEIKO)
    staging.judge(world, staging.hand_in(world, KEN, "t101-assignment"), "graded")
    states = {"held": "column-locked", "drifted": "", "confirmed": ""}
    eventually(lambda: staging.grades_in(world, "delivered") == 3)
    with transaction(world.engine) as session:
        rows = session.query(ScoreReport).order_by(ScoreReport.id).all()
        for row, (state, reason) in zip(rows, states.items(), strict=True):
            row.state, row.reason, row.shown, row.shown_at = state, reason, 82.5, utc_now()
        held, drifted = rows[0].id, rows[1].id
    check = Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, KEIKO)
    check("course home, grades wait")
    check.at(f"{here}/gradebook", "ledger")
    check.page.locator("details summary").click()
    check("ledger, days as a table")
    check.at(f"{here}/gradebook?state=waiting", "ledger, nothing found")
    check.at(f"{here}/gradebook/{held}", "history of a held grade")
    check.at(f"{here}/gradebook/{drifted}", "history of a grade changed in the LMS")
    check.at(f"{here}/gradebook/resend?state=held", "sending many again")
    assert not check.problems
