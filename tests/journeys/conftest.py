"""The tool and the demo LMS on ports of their own, without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.world import World, running
from support.visitor import Visitor

TINY = Path(__file__).parent.parent / "courses" / "tiny"

Visits = Callable[..., Visitor]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both servers, fresh, connected by dynamic registration, with the tiny course."""
    with running(tmp_path, TINY) as world:
        yield world


@pytest.fixture
def visitor(world: World) -> Visits:
    """`visitor(SAKURA)`: somebody in the LMS, with cookies of their own."""
    return lambda person, language="ja": Visitor(world.lms_url, person, language)
