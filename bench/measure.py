"""Rounds in turn, A B C A B C ..., so that what the machine does meanwhile meets all of them alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.servers import Server

Act = Callable[[int], object]


@dataclass(frozen=True)
class Subject:
    """What is measured: `act(number)` is done `count` times a round, after `warm_up` times unmeasured."""

    name: str
    server: Server
    act: Act
    count: int
    warm_up: int


@dataclass(frozen=True)
class Sample:
    """One round of one subject: processor time and elapsed time of one act, in milliseconds."""

    cpu_ms: float
    wall_ms: float


Samples = Mapping[str, Sequence[Sample]]


def interleaved(subjects: Sequence[Subject], rounds: int) -> dict[str, list[Sample]]:
    """`rounds` samples of every subject, by name."""
    for subject in subjects:
        for number in range(subject.warm_up):
            subject.act(number)
    samples: dict[str, list[Sample]] = {subject.name: [] for subject in subjects}
    for turn in range(rounds):
        for subject in subjects:
            samples[subject.name].append(_sample(subject, subject.warm_up + turn * subject.count))
    return samples


def cpu_ms(samples: Sequence[Sample]) -> float:
    """Median processor time of an act."""
    return median(sample.cpu_ms for sample in samples)


def cpu_ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> float:
    """Median of ours / theirs, round by round."""
    return median(a.cpu_ms / b.cpu_ms for a, b in zip(ours, theirs, strict=True))


def rate_share(slow: Sequence[Sample], quick: Sequence[Sample]) -> float:
    """Median of the slow one's rate / the quick one's, round by round."""
    return median(b.wall_ms / a.wall_ms for a, b in zip(slow, quick, strict=True))


def _sample(subject: Subject, first: int) -> Sample:
    cpu, start = subject.server.cpu_seconds(), time.perf_counter()
    for number in range(first, first + subject.count):
        subject.act(number)
    wall = time.perf_counter() - start
    return Sample((subject.server.cpu_seconds() - cpu) * 1000 / subject.count, wall * 1000 / subject.count)
