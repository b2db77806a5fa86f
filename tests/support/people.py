"""People and places for tests: one line makes somebody with a role in a context."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.services.who import Who
from lti_tool.storage.people import Context, Membership, Person
from lti_tool.storage.platforms import Deployment, Platform

ARRIVED = datetime(2026, 11, 1, tzinfo=UTC)


def make_deployment(session: Session, issuer: str = "https://lms.test") -> Deployment:
    """The approved deployment `1` of a platform; made when it does not exist yet."""
    platform = session.scalar(select(Platform).where(Platform.issuer == issuer))
    if platform:
        return platform.deployments[0]
    platform = Platform(
        issuer=issuer,
        client_id="tool",
        auth_url=f"{issuer}/auth",
        token_url=f"{issuer}/token",
        jwks_url=f"{issuer}/jwks",
        created_at=ARRIVED,
        deployments=[Deployment(deployment_id="1", created_at=ARRIVED, approved_at=ARRIVED)],
    )
    session.add(platform)
    session.flush()
    return platform.deployments[0]


def make_context(session: Session, context_id: str = "course-1", **values: object) -> Context:
    """A course of the LMS; made when it does not exist yet."""
    deployment = make_deployment(session)
    found = session.scalar(
        select(Context).where(Context.deployment_id == deployment.id, Context.context_id == context_id)
    )
    if found:
        return found
    context = Context(deployment=deployment, context_id=context_id, scopes=[], created_at=ARRIVED, **values)
    session.add(context)
    session.flush()
    return context


def make_person(
    session: Session, name: str = "Aoi", role: str = "learner", context: Context | None = None
) -> Who:
    """Somebody new who has launched into the context (`course-1` unless told)."""
    context = context or make_context(session)
    known = session.query(Person).count()
    person = Person(
        deployment_id=context.deployment_id, sub=f"{name}-{known + 1}", name=name, created_at=ARRIVED
    )
    session.add(person)
    session.flush()
    session.add(Membership(person_id=person.id, context_id=context.id, role=role, last_launch_at=ARRIVED))
    session.flush()
    return Who(person.id, context.id, role)
