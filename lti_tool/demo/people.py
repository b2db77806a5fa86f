"""The people of the demo LMS: fixed, invented, with the roles and ids a Moodle site would give them."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["student", "teacher", "tutor", "admin"]

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
LEARNER_URI = _MEMBERSHIP + "Learner"
INSTRUCTOR_URI = _MEMBERSHIP + "Instructor"
_ADMINISTRATOR_URIS = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
)


@dataclass(frozen=True)
class Person:
    """One account. `ja` and `en` are (family, given); `id` is the numeric string sent as `sub`."""

    id: str
    username: str
    kind: Kind
    ja: tuple[str, str]
    en: tuple[str, str]

    @property
    def email(self) -> str:
        return f"{self.username}@example.test"

    @property
    def sourcedid(self) -> str:
        return "" if self.kind == "admin" else f"id-{self.username}"

    @property
    def gradable(self) -> bool:
        """Only students hold grades; a score for anybody else is refused."""
        return self.kind == "student"

    @property
    def edits(self) -> bool:
        """Whether this person may add activities to a course."""
        return self.kind in {"teacher", "admin"}

    @property
    def enrolled(self) -> bool:
        """A site administrator works in every course without being a member of it."""
        return self.kind != "admin"

    def family(self, language: str) -> str:
        return (self.ja if language == "ja" else self.en)[0]

    def given(self, language: str) -> str:
        return (self.ja if language == "ja" else self.en)[1]

    def name(self, language: str) -> str:
        """The full name in the order of the language: family name first in Japanese."""
        family, given = self.family(language), self.given(language)
        return f"{family} {given}" if language == "ja" else f"{given} {family}"

    @property
    def launch_roles(self) -> list[str]:
        """Role URIs in an id_token. A non-editing teacher looks like any instructor, as in Moodle."""
        if self.kind == "student":
            return [LEARNER_URI]
        if self.kind == "admin":
            return [_ADMINISTRATOR_URIS[0], INSTRUCTOR_URI, _ADMINISTRATOR_URIS[1]]
        return [INSTRUCTOR_URI]

    @property
    def roster_role(self) -> str:
        """The short role of the membership service, where a non-editing teacher is a Learner."""
        return "Instructor" if self.kind == "teacher" else "Learner"

    @property
    def membership_role(self) -> str:
        """What `$Membership.role` becomes."""
        if self.kind == "student":
            return "Learner"
        if self.kind == "admin":
            return "Instructor,urn:lti:sysrole:ims/lis/Administrator,urn:lti:instrole:ims/lis/Administrator"
        return "Instructor"


PEOPLE: tuple[Person, ...] = (
    Person("5", "sakura", "student", ("田中", "さくら"), ("Tanaka", "Sakura")),
    Person("6", "ken", "student", ("佐藤", "健"), ("Sato", "Ken")),
    Person("7", "aoi", "student", ("鈴木", "葵"), ("Suzuki", "Aoi")),
    Person("3", "keiko", "teacher", ("山本", "恵子"), ("Yamamoto", "Keiko")),
    Person("4", "sho", "tutor", ("中村", "翔"), ("Nakamura", "Sho")),
    Person("2", "naoki", "admin", ("高橋", "直樹"), ("Takahashi", "Naoki")),
)
BY_ID: dict[str, Person] = {person.id: person for person in PEOPLE}
STUDENTS: tuple[Person, ...] = tuple(person for person in PEOPLE if person.gradable)


@dataclass(frozen=True)
class Course:
    """One course of the LMS; everybody is enrolled in every course."""

    id: str
    label: str
    title_ja: str
    title_en: str
    history: tuple[str, ...] = ()
    """Ids of the courses it was made of, nearest first."""

    def title(self, language: str) -> str:
        return self.title_ja if language == "ja" else self.title_en

    @property
    def sourcedid(self) -> str:
        return f"id-{self.label}"


COURSES: dict[str, Course] = {
    course.id: course
    for course in (
        Course("2", "LC101", "ライブコマース(昼間クラス)", "Live commerce (day class)"),
        Course("3", "LC102", "ライブコマース(夜間クラス)", "Live commerce (evening class)"),
    )
}
