"""The launch payloads of the 1EdTech certification suite for tools: 12 that must be refused, 18 that must work.

The suite's own payloads differ from the launch of `support/tokens.py` only in what each case is about, so each test
changes just that (LTI Advantage Conformance Certification Guide §6.1).
"""

from typing import Any

import pytest
from support import tokens
from support.tokens import ABSENT, INSTRUCTOR, LEARNER, LIS, launch, launch_of, sign

from lti_tool.errors import InvalidClaims, InvalidToken, LtiError
from lti_tool.lti.claims import Launch
from lti_tool.lti.keys import KeySets

ONLY_EMAIL = {"name": ABSENT, "given_name": ABSENT, "family_name": ABSENT}
ONLY_NAMES = {"email": ABSENT}
NO_PII = {**ONLY_EMAIL, **ONLY_NAMES}


def refused(token: str, error: type[LtiError]) -> None:
    with pytest.raises(error):
        launch(token)


def taught(**overrides: Any) -> Launch:
    return launch_of(**{"roles": [INSTRUCTOR], **overrides})


def test_bad_no_kid_sent_in_header() -> None:
    """CERT-B01: the header names no key."""
    refused(sign(kid=None), InvalidToken)


def test_bad_incorrect_kid_in_header() -> None:
    """CERT-B02: the header names a key that the platform does not have."""
    keys = KeySets(tokens.Platform())
    with pytest.raises(InvalidToken):
        launch(sign(kid="imstester_66067"), keys=keys)
    assert launch(sign(), keys=keys).sub == "5"


def test_bad_wrong_lti_version() -> None:
    """CERT-B03: 11.3."""
    refused(sign(tokens.claims(version="11.3")), InvalidClaims)


def test_bad_no_lti_version() -> None:
    """CERT-B04: the version claim is missing."""
    refused(sign(tokens.claims(version=ABSENT)), InvalidClaims)


def test_bad_invalid_lti_message() -> None:
    """CERT-B05: signed, but no LTI message at all."""
    refused(sign({"name": "badltilaunch"}), InvalidToken)


def test_bad_missing_lti_claims() -> None:
    """CERT-B06: several required claims are missing at once."""
    missing = dict.fromkeys(("aud", "iss", "sub", "deployment_id", "roles"), ABSENT)
    refused(sign(tokens.claims(**missing)), InvalidToken)


def test_bad_timestamps_incorrect() -> None:
    """CERT-B07: issued and expired in 1970."""
    refused(sign(tokens.claims(iat=11111, exp=22222)), InvalidToken)


def test_bad_message_type_claim_missing() -> None:
    """CERT-B08: the message type is missing."""
    refused(sign(tokens.claims(message_type=ABSENT)), InvalidClaims)


def test_bad_role_claim_missing() -> None:
    """CERT-B09: the roles are missing, which is not the same as none."""
    refused(sign(tokens.claims(roles=ABSENT)), InvalidClaims)


def test_bad_deployment_id_claim_missing() -> None:
    """CERT-B10: the deployment is missing."""
    refused(sign(tokens.claims(deployment_id=ABSENT)), InvalidClaims)


def test_bad_resource_link_id_claim_missing() -> None:
    """CERT-B11: the link has no id."""
    refused(sign(tokens.claims(resource_link={"title": "M101"})), InvalidClaims)


def test_bad_user_claim_missing() -> None:
    """CERT-B12: sub is missing."""
    refused(sign(tokens.claims(sub=ABSENT)), InvalidClaims)


def test_valid_teacher() -> None:
    """CERT-T01: an instructor's launch."""
    assert taught().role == "instructor"


def test_valid_teacher_with_multiple_roles() -> None:
    """CERT-T02: roles of several vocabularies."""
    roles = [INSTRUCTOR, f"{LIS}institution/person#Staff", f"{LIS}institution/person#Other"]
    assert taught(roles=roles).role == "instructor"


def test_valid_teacher_with_short_role() -> None:
    """CERT-T03: the simple name."""
    assert taught(roles=["Instructor"]).role == "instructor"


def test_valid_teacher_with_unknown_role() -> None:
    """CERT-T04: let in, with the least."""
    assert taught(roles=[f"{LIS}unknown/unknown#Helper"]).role == "observer"


def test_valid_teacher_with_no_role() -> None:
    """CERT-T05: let in, with the least; the suite's empty list holds one empty string."""
    assert taught(roles=[""]).role == "observer"
    assert taught(roles=[]).role == "observer"


def test_valid_teacher_email_only() -> None:
    """CERT-T06: no names."""
    found = taught(**ONLY_EMAIL)
    assert (found.role, found.name, bool(found.email)) == ("instructor", "", True)


def test_valid_teacher_names_only() -> None:
    """CERT-T07: no address."""
    found = taught(**ONLY_NAMES)
    assert (found.role, bool(found.name), found.email) == ("instructor", True, "")


def test_valid_teacher_no_pii() -> None:
    """CERT-T08: neither."""
    found = taught(**NO_PII)
    assert (found.role, found.name + found.given_name + found.family_name + found.email) == ("instructor", "")


def test_valid_teacher_email_without_context() -> None:
    """CERT-T09: no course either."""
    found = taught(**ONLY_EMAIL, context=ABSENT)
    assert (found.role, found.context_id, found.resource_link_id) == ("instructor", None, "1")


def test_valid_student() -> None:
    """CERT-S01: a learner's launch."""
    assert launch_of(roles=[LEARNER]).role == "learner"


def test_valid_student_with_multiple_roles() -> None:
    """CERT-S02: roles of several vocabularies."""
    roles = [LEARNER, f"{LIS}institution/person#Student", f"{LIS}membership#Mentor"]
    assert launch_of(roles=roles).role == "learner"


def test_valid_student_with_short_role() -> None:
    """CERT-S03: the simple name."""
    assert launch_of(roles=["Learner"]).role == "learner"


def test_valid_student_with_unknown_role() -> None:
    """CERT-S04: let in, with the least."""
    assert launch_of(roles=[f"{LIS}unknown/unknown#Helper"]).role == "observer"


def test_valid_student_with_no_role() -> None:
    """CERT-S05: let in, with the least."""
    assert launch_of(roles=[""]).role == "observer"


def test_valid_student_email_only() -> None:
    """CERT-S06: no names."""
    found = launch_of(**ONLY_EMAIL)
    assert (found.role, found.name, bool(found.email)) == ("learner", "", True)


def test_valid_student_names_only() -> None:
    """CERT-S07: no address."""
    found = launch_of(**ONLY_NAMES)
    assert (found.role, bool(found.name), found.email) == ("learner", True, "")


def test_valid_student_no_pii() -> None:
    """CERT-S08: neither."""
    found = launch_of(**NO_PII)
    assert (found.role, found.name + found.given_name + found.family_name + found.email) == ("learner", "")


def test_valid_student_email_without_context() -> None:
    """CERT-S09: no course either."""
    found = launch_of(**ONLY_EMAIL, context=ABSENT)
    assert (found.role, found.context_id, found.resource_link_id) == ("learner", None, "1")
