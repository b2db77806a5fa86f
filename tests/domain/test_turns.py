"""Queues are served in turn: a long one keeps no short one waiting."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.turns import Turns


def turns(queues: dict[int, list[int]]) -> Turns:
    """With these waiting."""
    found = Turns()
    found.renew(queues)
    return found


def test_one_of_each_in_turn():
    assert turns({1: [10, 11, 12], 2: [20], 3: [30, 31]}).take(6) == [10, 20, 30, 11, 31, 12]


def test_it_goes_on_where_it_stopped_although_the_queues_are_looked_up_anew():
    served = turns({1: [10, 11], 2: [20, 21], 3: [30]})
    assert served.take(1) == [10]
    served.renew({1: [11, 12], 2: [20, 21], 3: [30], 4: [40]})
    assert served.take(5) == [20, 30, 11, 40, 21]


def test_empty_queues_are_no_queues():
    served = turns({1: [], 2: [20]})
    assert served.take(5) == [20]
    assert not served


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 30), max_size=10), st.integers(1, 7))
def test_everything_is_taken_once_and_nobody_waits_for_more_than_one_of_each_other(sizes, each):
    numbers = count()
    queues = {name: [next(numbers) for _ in range(size)] for name, size in sizes.items()}
    served, taken = turns(queues), []
    while served:
        taken += served.take(each)
    assert sorted(taken) == sorted(number for queue in queues.values() for number in queue)
    place = {number: place for place, number in enumerate(taken)}
    for queue in queues.values():
        assert queue == sorted(queue, key=place.__getitem__), "each queue keeps its order"
        for turn, number in enumerate(queue):
            assert place[number] <= (turn + 1) * len(queues)
