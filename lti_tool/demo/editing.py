"""What a teacher does to a course of the LMS besides adding activities: copy, duplicate, delete, change a maximum,
give a grade by hand.

As in Moodle a copy has links and columns of its own: new ids, and the same custom parameters, resourceId and tag.
Columns that belong to no activity are left behind, and so are people and grades.
"""

from dataclasses import replace

from lti_tool.demo.gradebook import drop_column, rescale
from lti_tool.demo.people import COURSES, Course
from lti_tool.demo.state import Activity, Column, Data, Grade


def copy_course(data: Data, source: Course) -> Course:
    """Make a course of another one; it remembers what it was made of, nearest first."""
    number = data.next_id()
    while number in COURSES or number in data.copies:
        number = data.next_id()
    made = replace(
        source,
        id=number,
        label=f"{source.label}-{number}",
        title_ja=f"{source.title_ja} のコピー",
        title_en=f"{source.title_en} copy",
        history=(source.id, *source.history),
    )
    data.copies[number] = made
    for activity in data.course_activities(source.id):
        duplicate(data, activity, number)
    return made


def duplicate(data: Data, activity: Activity, course: str) -> Activity:
    """A second activity like this one, with a column of its own if this one has one."""
    made = replace(activity, id=data.next_id(), course=course, column=None, custom=dict(activity.custom))
    made.titles = dict(activity.titles)
    data.activities[made.id] = made
    column = data.columns.get(activity.column or "")
    if column is not None:
        made.column = data.next_id()
        data.columns[made.column] = replace(column, id=made.column, course=course, link_id=made.id)
    return made


def delete_activity(data: Data, activity: Activity) -> None:
    """Delete an activity with its column and all grades in it."""
    column = data.columns.get(activity.column or "")
    if column is not None:
        drop_column(column, data)
    del data.activities[activity.id]


def change_maximum(data: Data, activity: Activity, maximum: float) -> None:
    """Have an activity graded out of another maximum; the grades there are keep their proportion."""
    column = data.columns.get(activity.column or "")
    if column is not None:
        rescale(column, data, maximum)
        column.maximum = maximum


def override(data: Data, column: Column, person: str, score: float, comment: str, now: float) -> None:
    """Give a grade by hand, out of the column's maximum. It stays, whatever the tool sends."""
    grade = data.grade(column.id, person)
    if grade is None:
        grade = Grade(column.id, person, score, "", now, now, by_hand=True)
    grade.overridden, grade.comment, grade.timestamp = score, comment, now
    data.keep_grade(grade)


def release(data: Data, column: Column, person: str) -> None:
    """Take a grade given by hand away: the tool's is the grade again, if there is one."""
    grade = data.grade(column.id, person)
    if grade is not None and grade.by_hand:
        data.erase_grade(column.id, person)
    elif grade is not None:
        grade.overridden = None
