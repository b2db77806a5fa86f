"""What lies in a module for those who teach."""

from dataclasses import dataclass

from lti_tool.domain.text import Text


@dataclass(frozen=True)
class InstructorFile:
    """A key or a note, never for students: Markdown (`page`), or else a file at `path`.

    `name` is unique within its module and stands in its address.
    """

    name: str
    title: Text
    page: Text | None = None
    path: str = ""
