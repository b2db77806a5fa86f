"""The doctor's words: what each finding says, and the setting to change in the LMS at hand, by its menu words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from lti_tool.domain.diagnosis import Family, Finding
from lti_tool.services.trials import LABEL

CHECKS: Mapping[str, Any] = {
    "platform": _l("The LMS"),
    "cookies": _l("Cookies"),
    "names": _l("Names"),
    "email": _l("E-mail addresses"),
    "roster": _l("Class list"),
    "service": _l("Grade service"),
    "making": _l("Making grade columns"),
    "column": _l("Grade column of this activity"),
    "keys": _l("Keys of the LMS"),
    "clock": _l("Clocks"),
    "token": _l("Access to the services"),
    "scores": _l("Grades on their way"),
    "trial": _l("Test score"),
}

NO_ANSWER = _l("The LMS does not answer the tool's server.")
NOT_ALLOWED = _l("The tool may not call this address: it is not public.")
ODD_ANSWER = _l("The LMS answered something unexpected.")

REASONS: Mapping[tuple[str, str], Any] = {
    ("platform", "known"): _l("It is connected to this tool."),
    ("platform", "unknown"): _l(
        "The launch names an LMS, or a client of one, that is not connected to this tool."
    ),
    ("cookies", "lost"): _l("The browser did not send back the cookie that the login gave it."),
    ("cookies", "lost-in-frame"): _l(
        "The browser did not send back the cookie that the login gave it, inside the frame of the LMS."
    ),
    ("cookies", "plain"): _l("The tool has no https address. Browsers keep no cookies for it in a frame."),
    ("cookies", "frame"): _l(
        "This page stands in the frame of the LMS, and the browser kept its cookie there."
    ),
    ("cookies", "window-instead"): _l(
        "The LMS opens this activity in a frame, but this page stands in a window of its own. "
        "Perhaps the browser keeps no cookies in the frame."
    ),
    ("cookies", "window"): _l("The browser kept the cookie of this launch."),
    ("names", "there"): _l("The LMS sends names."),
    ("names", "missing"): _l("The LMS sends no names. The class shows “(no name)”."),
    ("email", "there"): _l("The LMS sends e-mail addresses. The tool sends no e-mail."),
    ("email", "missing"): _l("The LMS sends no e-mail addresses. The tool does not need them."),
    ("roster", "there"): _l("The LMS lets the tool read the class list."),
    ("roster", "missing"): _l(
        "The LMS does not offer its class list. Only people who have opened an activity are seen."
    ),
    ("roster", "withdrawn"): _l("Launches told of the class list, but the LMS gives it to the tool no more."),
    ("service", "withdrawn"): _l(
        "Launches told of the grade service, but the LMS gives no right to it any more."
    ),
    ("service", "there"): _l("The LMS lets the tool send grades."),
    ("service", "no-score"): _l("The LMS offers its grade service, but does not let the tool send grades."),
    ("service", "missing"): _l("The LMS offers no grade service. No grade can be sent."),
    ("making", "there"): _l("The tool may make a column that is missing."),
    ("making", "missing"): _l(
        "The tool may not make columns. Only activities that have a column are graded."
    ),
    ("column", "ungraded"): _l("This activity has no grade. Quizzes, assignments and stages have."),
    ("column", "made-later"): _l("The launch named none. The tool makes it with the first grade."),
    ("column", "missing"): _l("The activity has no column, and the tool may not make one."),
    ("column", "gone"): _l("The LMS has this column no longer."),
    ("column", "found"): _l("The LMS has it."),
    ("column", "named"): _l("The launch named it."),
    ("keys", ""): _l("Not asked yet."),
    ("keys", "unreachable"): NO_ANSWER,
    ("keys", "address"): NOT_ALLOWED,
    ("keys", "answer"): _l("What the LMS answers is no key set."),
    ("keys", "refused"): _l("The LMS does not give its key set to the tool."),
    ("keys", "gone"): _l("There is no key set at the address with which the LMS was connected."),
    ("keys", "none"): _l("The key set has no key with which launches could be verified."),
    ("keys", "there"): _l("Reachable; usable keys: %(number)s."),
    ("clock", ""): _l("Not asked yet."),
    ("clock", "unknown"): _l("The LMS does not tell its time."),
    ("clock", "right"): _l("They differ by %(number)s s."),
    ("clock", "ahead"): _l("The clock of the LMS is %(number)s seconds ahead of the tool's."),
    ("clock", "behind"): _l("The clock of the LMS is %(number)s seconds behind the tool's."),
    ("token", ""): _l("Not asked yet."),
    ("token", "not-offered"): _l("Not asked: the LMS offers no grade service."),
    ("token", "scope"): _l("The LMS gives the tool no right to its grade service."),
    ("token", "token"): _l("The LMS does not recognise the tool and gives it no access."),
    ("token", "unreachable"): NO_ANSWER,
    ("token", "address"): NOT_ALLOWED,
    ("token", "no-score"): _l("The LMS gave access, but not the right to send grades."),
    ("token", "partly"): _l("The LMS gave access, but not the right to make columns."),
    ("token", "there"): _l("The LMS gave the tool access, with every right it offers."),
    ("scores", "none"): _l("None is waiting."),
    ("scores", "waiting"): _l("Waiting to be sent: %(number)s."),
    ("scores", "held"): _l("Held until somebody acts: %(number)s."),
    ("trial", "scope"): _l(
        "Not tried: for a test the tool makes a column of its own, and the LMS does not let it."
    ),
    ("trial", "token"): _l("The LMS gave no access."),
    ("trial", "create"): _l("The LMS made no column (its answer: %(number)s)."),
    ("trial", "score"): _l(
        "The LMS did not take the score (its answer: %(number)s). The column is removed again."
    ),
    ("trial", "refused"): _l(
        "Column and score arrived. The LMS keeps no grade for you, because you are not a student here; "
        "that is how it should be. The column is removed again."
    ),
    ("trial", "read"): _l(
        "The score arrived, but the LMS does not show it yet. The column is removed again."
    ),
    ("trial", "done"): _l("Sent, read back, and removed again with its column."),
    ("trial", "left-behind"): _l(
        "The column “%(label)s” could not be removed. Delete it in the gradebook of the "
        "LMS, or send another test score."
    ),
}

PLACES: Mapping[Family, Any] = {
    "moodle": _l(
        "Moodle, as an administrator: Site administration > Plugins > Activity modules > External tool "
        "> Manage tools, the gear of this tool."
    ),
    "canvas": _l("Canvas, as an administrator: Admin > Developer Keys, the pencil of this tool's LTI key."),
    "blackboard": _l(
        "Blackboard, as an administrator: Administrator Panel > Integrations > LTI Tool Providers, "
        "“Edit” of this tool."
    ),
    "brightspace": _l(
        "Brightspace, as an administrator: Admin Tools > Manage Extensibility > LTI Advantage, this "
        "tool and its deployment."
    ),
    "other": _l("In the LMS, as an administrator: the settings of this tool."),
}
"""Where the settings of a tool are."""

_MOODLE_GRADES = _l(
    "“Services” > “IMS LTI Assignment and Grade Services”: “Use this service for grade sync and column "
    "management”. Then open an activity of this course."
)
_BLACKBOARD_GRADES = _l("“Allow grade service access”: “Yes”.")
_BRIGHTSPACE_GRADES = _l(
    "“Extensions”: tick “Assignment and Grade Services”, in the tool and in its deployment."
)

OF_THE_TOOL: Mapping[str, Mapping[Family, Any]] = {
    "names": {
        "moodle": _l("“Privacy” > “Share launcher's name with tool”: “Always”."),
        "canvas": _l("“Additional Settings” > “Privacy Level”: “Public”."),
        "blackboard": _l("“User Fields to Send”: tick “Name”."),
        "brightspace": _l("“Security Settings” of the deployment: tick the names of users."),
        "other": _l("Let the tool have the names of users."),
    },
    "roster": {
        "moodle": _l(
            "“Services” > “IMS LTI Names and Role Provisioning”: “Use this service to retrieve "
            "members' information as per privacy settings”. Then open an activity of this course."
        ),
        "canvas": _l(
            "“LTI Advantage Services”: switch on “Can retrieve user data associated with the context "
            "the tool is installed in”."
        ),
        "blackboard": _l("“Allow Membership Service Access”: “Yes”."),
        "brightspace": _l(
            "“Extensions”: tick “Names and Roles Provisioning Services”, in the tool and in its deployment."
        ),
        "other": _l("Give the tool Names and Role Provisioning Services."),
    },
    "grades": {
        "moodle": _MOODLE_GRADES,
        "canvas": _l(
            "“LTI Advantage Services”: switch on “Can create and update submission results for "
            "assignments associated with the tool”."
        ),
        "blackboard": _BLACKBOARD_GRADES,
        "brightspace": _BRIGHTSPACE_GRADES,
        "other": _l("Give the tool Assignment and Grade Services, with the right to write scores."),
    },
    "columns": {
        "moodle": _MOODLE_GRADES,
        "canvas": _l(
            "“LTI Advantage Services”: switch on “Can create and view assignment data in the gradebook "
            "associated with the tool”."
        ),
        "blackboard": _BLACKBOARD_GRADES,
        "brightspace": _BRIGHTSPACE_GRADES,
        "other": _l("Give the tool Assignment and Grade Services, with the right to manage line items."),
    },
    "window": {
        "moodle": _l(
            "If students read that the browser did not keep the launch: “Default launch container”: "
            "“New window”."
        ),
        "other": _l(
            "If students read that the browser did not keep the launch: open the tool in a new window."
        ),
    },
    "token": {
        "moodle": _l(
            "Is the tool active? Can the server of Moodle open the key set of the tool? Private "
            "addresses and unusual ports are allowed under Site administration > General > Security > "
            "HTTP security."
        ),
        "other": _l("Is the tool switched on? Can the LMS open the key set of the tool?"),
    },
}
"""Settings of the tool in an LMS. A family without words of its own has those of `other`."""

ELSEWHERE: Mapping[str, Mapping[Family, Any]] = {
    "accept": {
        "moodle": _l(
            "In the settings of the activity, “Privacy”: tick “Allow … to add grades in the "
            "gradebook”. If that is not there, an administrator sets “Accept grades from the tool” to "
            "“Delegate to teacher”, under “Privacy” of the tool."
        ),
        "canvas": _l(
            "Make it an assignment with the submission type “External Tool”, and find it by the tool itself."
        ),
        "other": _l("Place the activity again by the tool's own selection, so that it brings its column."),
    },
    "replace": {"other": _l("Place the activity again by the tool's own selection, and open it once.")},
    "reach": {
        "other": _l(
            "Tell whoever runs the tool: its server must be able to open this address. Usual reasons "
            "are a firewall, a certificate, or a private address that is not in "
            "LTI_TOOL_OUTBOUND_ALLOW."
        )
    },
    "clock": {
        "other": _l(
            "Have both servers set their clocks by a time service (NTP). Launches fail when they "
            "differ by more than a minute."
        )
    },
    "connect": {
        "other": _l(
            "Was the tool deleted and added again in the LMS, or did the LMS move? Then whoever runs "
            "the tool connects it again: “lti-tool platform invite”."
        )
    },
    "https": {"other": _l("Tell whoever runs the tool: LTI_TOOL_BASE_URL must be an https address.")},
    "ledger": {"other": _l("“Grades” names the reason of each.")},
}
"""What is not a setting of the tool in the LMS."""


def finding_words(finding: Finding) -> str:
    """What a finding says."""
    words = str(REASONS.get((finding.check, finding.reason), ODD_ANSWER))
    number = "-" if finding.number is None else finding.number
    return words.replace("%(number)s", str(number)).replace("%(label)s", LABEL)


def setting_words(setting: str, family: Family) -> str:
    """What to change, in the words of the LMS at hand."""
    found = {**OF_THE_TOOL, **ELSEWHERE}[setting]
    return str(found.get(family, found["other"]))


def place_words(setting: str, family: Family) -> str:
    """Where that setting is; "" where its words say so themselves."""
    return str(PLACES[family]) if setting in OF_THE_TOOL else ""


def check_words(finding: Finding) -> str:
    """What was looked at."""
    return str(CHECKS[finding.check])
