"""Who commits a grade wakes the worker, and nobody else does."""

from dataclasses import replace

import pytest
from flask import Flask
from support.launching import Launched
from support.pages import begin

from lti_tool.services import attempts
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.scores import ScoreReport


@pytest.fixture
def rings(app: Flask, engine: Engine) -> list[int]:
    """How many grades there were in the database at each call of the worker."""
    found: list[int] = []

    def wake() -> None:
        with transaction(engine) as session:
            found.append(session.query(ScoreReport).count())

    app.extensions["lti_tool"] = replace(app.extensions["lti_tool"], wake=wake)
    return found


def hand_in(student: Launched) -> None:
    """A quiz without answers: nought points, and a grade."""
    student.post(f"attempts/{begin(student, 't101-quiz')}/submit")


def test_a_committed_grade_calls_the_worker(client_as, rings):
    student = client_as("learner", "t101-quiz")
    student.get("")
    assert rings == []
    hand_in(student)
    assert rings == [1], "it is called when the grade can be seen"


def test_a_grade_that_was_not_kept_calls_nobody(client_as, rings, monkeypatch):
    kept = attempts.passback.report

    def broken(*about: object) -> None:
        kept(*about)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(attempts.passback, "report", broken)
    with pytest.raises(RuntimeError):
        hand_in(client_as("learner", "t101-quiz"))
    assert rings == []
