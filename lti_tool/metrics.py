"""What is counted and timed, and how it is put before Prometheus. Labels are few and name no person.

Where several processes serve (`PROMETHEUS_MULTIPROC_DIR` is set, as `lti-tool serve` does), each counts in a file of
that folder and whoever is asked adds them up.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE_LATEST
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that the Prometheus client looks at when it is imported."""

REQUEST_SECONDS = Histogram(
    "lti_tool_request_seconds",
    "Time to answer a request, by endpoint.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
LAUNCHES = Counter("lti_tool_launches", "Launches, by outcome: ok, or the code of the fault.", ["outcome"])
FAULTS = Counter("lti_tool_faults", "Pages that told a fault, by its code.", ["code"])
DELIVERIES = Counter(
    "lti_tool_deliveries", "Tries to send a score, by platform and outcome.", ["platform", "outcome"]
)
DELIVERY_SECONDS = Histogram(
    "lti_tool_delivery_seconds",
    "Time of one try to send a score.",
    ["platform"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60),
)
SCORE_DELAY_SECONDS = Histogram(
    "lti_tool_score_delay_seconds",
    "Time from a grade to its arrival in the LMS.",
    ["platform"],
    buckets=(1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400),
)
SCORES_READ = Counter(
    "lti_tool_scores_read",
    "Grades that the LMS was found to show in another way than before, by state.",
    ["state"],
)
CLASS_LISTS = Counter("lti_tool_class_lists", "Class lists read, by outcome: read, or why not.", ["outcome"])
OUTBOUND_SECONDS = Histogram(
    "lti_tool_outbound_seconds",
    "Time of calls to LMSs, by outcome: 2xx to 5xx, unreachable, or refused before the call.",
    ["outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
WORK_FAILURES = Counter("lti_tool_work_failures", "Background work that failed, by kind.", ["work"])

for _outcome in ("ok", "error"):
    LAUNCHES.labels(_outcome)  # there from the start, or the first one would be no increase


class Gauge(NamedTuple):
    """A figure at this moment, with one value for each combination of labels."""

    name: str
    help: str
    labels: tuple[str, ...]
    values: Sequence[tuple[tuple[str, ...], float]]


class _Gauges:
    """Gauges in the shape that the Prometheus client asks for."""

    def __init__(self, gauges: Iterable[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for labels, value in gauge.values:
                family.add_metric(labels, value)
            yield family


def exposition(gauges: Iterable[Gauge]) -> bytes:
    """Everything counted by the processes that serve together, and these gauges."""
    figures = CollectorRegistry()
    figures.register(_Gauges(gauges))
    counted: CollectorRegistry = REGISTRY
    if FOLDER in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(figures)


def fresh_folder(folder: Path) -> Path:
    """An empty folder for processes that are about to start together and count there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    return folder
