"""Who is next: one of each queue in turn, however long the others are."""

from collections import deque
from collections.abc import Mapping, Sequence


class Turns:
    """Numbers waiting in queues. `take` serves the queues in turn, and goes on where it stopped."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[int]] = {}
        self._order: deque[int] = deque()

    def renew(self, queues: Mapping[int, Sequence[int]]) -> None:
        """What waits now. A queue known before keeps its place; the others come after, in the order given."""
        waiting = {name: deque(numbers) for name, numbers in queues.items() if numbers}
        kept = [name for name in self._order if name in waiting]
        known = set(kept)
        self._order = deque(kept + [name for name in waiting if name not in known])
        self._queues = waiting

    def take(self, count: int) -> list[int]:
        """The next `count`, or as many as there are."""
        taken: list[int] = []
        while self._order and len(taken) < count:
            name = self._order.popleft()
            taken.append(self._queues[name].popleft())
            if self._queues[name]:
                self._order.append(name)
        return taken

    def __bool__(self) -> bool:
        return bool(self._order)
