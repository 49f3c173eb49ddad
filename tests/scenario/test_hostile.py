"""Whatever stands in a scenario file: it is loaded, or its faults are told; nothing else happens."""

import json
import time
import tracemalloc

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["5 min", "-1 EUR", "90%", "10:00-16:00", "desk", "value", "=1+1", "../x", "NO", "1e400 min", "<b>"]
    ),
)
words = st.one_of(
    st.sampled_from(["value", "source", "evidence", "provenance", "extends", "formats", "people", "today", "tasks"]),
    st.text(min_size=1, max_size=8),
)
junk = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=12,
)


def paths(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from paths(child, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@QUICK
@given(st.text(max_size=300))
def test_any_text_is_told(faults, text):
    assert faults(text)


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_are_told(faults, content):
    assert faults(content)


@QUICK
@given(st.dictionaries(words, junk, max_size=6))
def test_any_mapping_is_told(faults, value):
    assert faults(json.dumps(value, ensure_ascii=True))


@QUICK
@given(st.data(), junk)
def test_junk_anywhere_in_a_sound_scenario_is_loaded_or_told(faults, tiny, data, value):
    tree = yaml.safe_load(tiny)
    path = data.draw(st.sampled_from(list(paths(tree))))
    told = faults(json.dumps(replaced(tree, path, value), ensure_ascii=True))
    assert all(fault.startswith(("tiny.yaml", "formats/")) for fault in told)


@QUICK
@given(st.data())
def test_a_key_that_is_left_out_is_loaded_or_told(faults, tiny, data):
    tree = yaml.safe_load(tiny)
    path = data.draw(st.sampled_from([path for path in paths(tree) if path]))
    holder = tree
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    faults(json.dumps(tree, ensure_ascii=True))


@QUICK
@given(st.text(alphabet="abc.[]0123=:{} -*&!", max_size=30))
def test_any_set_is_loaded_or_told(faults, argument):
    faults(sets=[argument])


def test_12000_lines_are_checked_quickly_and_in_little_memory(tiny, load):
    sites = "".join(
        f"    - id: t{i}\n      name: Site {i}\n      kind: branch\n      x: {i}.5\n      y: 7\n" for i in range(2400)
    )
    text = tiny.replace("rules:\n", f"{sites}rules:\n")
    assert text.count("\n") > 12_000
    start = time.process_time()
    loaded = load(text)
    # The goal is half a second on the reference machine; here the order of magnitude is held.
    assert time.process_time() - start < 2.0
    assert len(loaded.scenario.network.sites) == 2402
    tracemalloc.start()
    load(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_two_megabytes_of_faults_are_told_in_time(tiny, faults):
    sites = "".join(f"    - {{id: s1, kind: brunch{i}, x: west, yy: 7}}\n" for i in range(20_000))
    start = time.process_time()
    told = faults(tiny.replace("rules:\n", f"{sites}rules:\n"))
    assert len(told) > 60_000
    assert time.process_time() - start < 10.0
