"""The browser of the whole journey is strict, and several people in it stay themselves."""

import pytest
from moodle.conftest import School
from moodle.tool_pages import draft, the_frame
from playwright.sync_api import expect

from lti_tool.domain.course import Course, Module

pytestmark = pytest.mark.browser

TRY_COOKIE = """attributes => {
    document.cookie = `tried=1; SameSite=None; Secure; ${attributes}`;
    const kept = document.cookie.includes("tried=1");
    document.cookie = `tried=; Max-Age=0; SameSite=None; Secure; ${attributes}`;
    return kept;
}"""


def test_the_browser_refuses_cookies_in_frames_unless_they_are_partitioned(
    school: School, curriculum: Course, tool_url: str
):
    school.hanako.launch(school.activities[curriculum.title.en])
    frame = the_frame(school.hanako.page, tool_url)
    assert (frame.evaluate(TRY_COOKIE, ""), frame.evaluate(TRY_COOKIE, "Partitioned")) == (False, True)


def test_two_people_in_two_tabs_of_one_browser_stay_themselves(
    school: School, modules: list[Module], tool_url: str
):
    """The second logs in to Moodle in another tab while the tool stays open in the tab of the first."""
    assignment = modules[1].assignment
    assert assignment
    activity = school.activity(modules[1], assignment)
    tabs = {"花子": school.hanako, "Ken": school.hanako.another_tab()}
    tabs["花子"].launch(activity)
    tabs["Ken"].go("/my/")
    tabs["Ken"].log_out()
    tabs["Ken"].log_in(school.people["Ken"].name, school.password).launch(activity)
    for name in ("花子", "Ken", "花子"):
        tabs[name].page.bring_to_front()
        draft(tabs[name].frame(), f"This is {name}.")
    for name, tab in tabs.items():
        tab.page.bring_to_front()
        frame = the_frame(tab.page, tool_url)
        frame.goto(frame.url)
        expect(frame.get_by_label("Text", exact=True)).to_have_value(f"This is {name}.")
    tabs["Ken"].page.close()
    school.hanako.go("/my/")
    school.hanako.log_out()
    school.hanako.log_in(school.people["花子"].name, school.password)
    expect(school.hanako.launch(activity).get_by_label("Text", exact=True)).to_have_value("This is 花子.")
