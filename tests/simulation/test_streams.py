"""Streams: the same bits as numpy's Philox, keys by id."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.visits import Outcome
from netsim.simulation.kernel import draw, fold, machines, outcomes, random
from netsim.simulation.kernel.random import step_uniforms
from netsim.simulation.streams import (
    Stream,
    key_of,
    keys_of,
    philox,
    philox_row,
    service_row,
    uniforms,
)

word = st.integers(0, 2**64 - 1)


def numpys(key, counter, size=4):
    """Return numpy's own stream, started so that its first block is the one of ``counter``."""
    start = (sum(int(part) << (64 * index) for index, part in enumerate(counter)) - 1) % 2**256
    return np.random.Philox(key=np.array(key, dtype=np.uint64), counter=start).random_raw(size)


@given(st.lists(st.tuples(word, word, word, word, word, word), min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_blocks_equal_numpys_bit_for_bit(rows):
    """Whole arrays and single rows, any key and counter."""
    table = np.array(rows, dtype=np.uint64)
    blocks = philox(table[:, :2], tuple(table[:, 2:].T))
    for row, block in zip(rows, blocks, strict=True):
        assert block.tolist() == numpys(row[:2], row[2:]).tolist()
        assert block.tolist() == list(philox_row(row[:2], row[2:]))


def test_known_answer_of_random123():
    """All words set: the known answer that comes with Random123."""
    ones = 2**64 - 1
    expected = (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)
    assert philox_row((ones, ones), (ones,) * 4) == expected
    assert philox_row((0, 0), (0, 0, 0, 0))[0] == 0x16554D9ECA36314C


def test_many_rows_do_not_depend_on_how_they_are_cut():
    """More rows than are worked on at once."""
    keys = np.random.default_rng(1).integers(0, 2**63, size=(20_001, 2)).astype(np.uint64)
    count = np.arange(20_001, dtype=np.uint64)
    blocks = philox(keys, (count, 5, 0, 3))
    for row in (0, 8191, 8192, 16384, 20_000):
        assert blocks[row].tolist() == list(philox_row(tuple(map(int, keys[row])), (row, 5, 0, 3)))


def test_uniforms_are_made_as_numpy_makes_them():
    """53 bits, as ``Generator.random``."""
    generator = np.random.Generator(np.random.Philox(key=np.array([7, 9], dtype=np.uint64), counter=0))
    blocks = philox(np.array([[7, 9]], dtype=np.uint64), (1, 0, 0, 0))
    assert uniforms(blocks)[0].tolist() == generator.random(4).tolist()


def test_rows_of_a_customer_differ_and_compile_to_the_same():
    """Every (step, occurrence) has its own row; compiled and plain Python agree to the bit."""
    for stream in keys_of(3, [("a", index) for index in range(50)]):
        words = (int(stream[0]), int(stream[1]))
        rows = {(step, again): service_row(words, step, again) for step in range(3) for again in range(2)}
        assert len(set(rows.values())) == 6
        for (step, again), row in rows.items():
            assert step_uniforms(stream[0], stream[1], step, again) == row


def test_without_a_compiler_whole_arrays_give_the_same_blocks(monkeypatch):
    """The numpy form that serves where numba is missing."""
    keys = keys_of(8, [("a", index) for index in range(100)])
    count = np.arange(100, dtype=np.uint64)
    fast = philox(keys, (count, 5, count * 7, 3))
    monkeypatch.setattr("netsim.simulation.streams.AVAILABLE", False)
    assert np.array_equal(philox(keys, (count, 5, count * 7, 3)), fast)


@given(st.lists(st.text(max_size=4), min_size=1, max_size=4), st.lists(st.text(max_size=4), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_keys_differ_wherever_ids_do(left, right):
    """No two lists of ids meet in one key; the seed counts too."""
    assert (key_of(1, *left).tolist() == key_of(1, *right).tolist()) == (left == right)
    assert key_of(1, *left).tolist() != key_of(2, *left).tolist()
    assert key_of(1, *left).tolist() == keys_of(1, [right, left])[1].tolist()


def test_numbers_and_text_are_told_apart():
    """An id 1 is not the text 1."""
    assert key_of(1, 1).tolist() != key_of(1, "1").tolist()


@pytest.mark.parametrize(
    ("name", "number"),
    [("COUNT", 0), ("CUSTOMER", 1), ("CUSTOMER_WORDS", 2), ("SERVICE", 3), ("BREAKDOWN", 4), ("OUTLET_CUSTOMER", 5)],
)
def test_stream_numbers_never_change(name, number):
    """The table is append-only: a renumbered stream would change every result."""
    assert Stream[name] == number


def test_plain_copies_of_the_kernel_are_those_of_the_tables():
    """A compiled function takes plain numbers; they must be those of ``Stream`` and ``Outcome``."""
    assert (random.SERVICE, draw.BREAKDOWN, draw.OUTLET_CUSTOMER, draw.MACHINE, draw.OUTAGE, machines.MACHINE) == (
        Stream.SERVICE, Stream.BREAKDOWN, Stream.OUTLET_CUSTOMER, Stream.MACHINE, Stream.OUTAGE, Stream.MACHINE,
    )  # fmt: skip
    for outcome in Outcome:
        assert getattr(outcomes, outcome.name, int(outcome)) == int(outcome)
    assert len(Outcome) + 1 == fold.OUTCOMES
