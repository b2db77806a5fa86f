"""Who is acting, and where: the part of a launch that services need."""

from dataclasses import dataclass

STAFF_ROLES = frozenset({"instructor", "assistant", "admin"})


@dataclass(frozen=True)
class Who:
    """A person in a context with the role of this launch. Ids are of our tables."""

    person_id: int
    context_id: int
    role: str

    @property
    def staff(self) -> bool:
        """Whether the person may see the work of others in this context."""
        return self.role in STAFF_ROLES

    @property
    def learner(self) -> bool:
        """Whether the person's results count and are sent to the LMS."""
        return self.role == "learner"
