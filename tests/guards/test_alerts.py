"""The example alerts, and what the documents say of figures, speak of figures that exist."""

import re
from datetime import UTC, datetime

import pytest
import yaml
from guards.source import ROOT
from prometheus_client import REGISTRY

from lti_tool.services import signals
from lti_tool.storage import schema
from lti_tool.storage.db import connect, open_session

GUIDE = ROOT / "docs" / "monitoring.md"
NAME = re.compile(r"\blti_tool_[a-z_]+\b")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every name under which `/metrics` may tell something, and the figure that it belongs to."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'db'}")
    schema.upgrade(engine)
    with open_session(engine, writes=False) as session:
        found = {gauge.name: gauge.name for gauge in signals.gauges(session, datetime.now(UTC))}
    engine.dispose()
    for family in REGISTRY.collect():
        if family.name.startswith("lti_tool_"):
            endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum", ""]}[family.type]
            found |= {family.name + ending: family.name for ending in endings}
    return found


def rules() -> list[dict]:
    """The rules of the example."""
    text = (ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text(encoding="utf-8")
    (group,) = yaml.safe_load(text)["groups"]
    return group["rules"]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_speaks_of_figures_that_exist(rule: dict, figures: dict[str, str]):
    names = NAME.findall(rule["expr"])
    assert names or rule["expr"].startswith("up{")
    assert [name for name in names if name not in figures] == []
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert len(rule["annotations"]["summary"]) > 20


def test_every_alert_has_a_line_in_the_guide_and_none_too_many():
    guide = GUIDE.read_text(encoding="utf-8")
    told = re.findall(r"^\| `(LtiTool\w+)` \|", guide, re.MULTILINE)
    assert told == [rule["alert"] for rule in rules()]


def test_every_figure_is_in_the_guide_and_the_guide_has_no_other(figures: dict[str, str]):
    guide = GUIDE.read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(lti_tool_[a-z_]+)` \|", guide, re.MULTILINE))
    assert {figures.get(name, f"{name}?") for name in told} == set(figures.values())
    spoken_of = set(NAME.findall(guide))
    assert [name for name in sorted(spoken_of) if name not in figures] == []


def test_a_name_that_does_not_exist_is_found(figures: dict[str, str]):
    assert "lti_tool_scores_waiting" in figures
    assert "lti_tool_deliveries_total" in figures
    assert "lti_tool_deliveries" not in figures, "Prometheus has it with its ending only"
