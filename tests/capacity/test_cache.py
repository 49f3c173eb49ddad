"""What is kept on disk is found by content, and never trusted when broken."""

from __future__ import annotations

from pathlib import Path

from netsim.capacity.cache import ContentCache, default_cache


def test_round_trip_and_counts(tmp_path):
    cache = ContentCache(tmp_path / "deep")
    key = cache.key({"a": 1, "b": [1.5, "x"]})
    assert cache.read(key) is None
    cache.write(key, [[{"work": 0.1}]])
    assert cache.read(key) == [[{"work": 0.1}]]
    assert (cache.hits, cache.misses) == (1, 1)


def test_the_key_follows_content_not_order():
    assert ContentCache.key({"a": 1, "b": 2}) == ContentCache.key({"b": 2, "a": 1})
    assert ContentCache.key({"a": 1}) != ContentCache.key({"a": 2})


def test_a_torn_file_is_worked_out_again(tmp_path):
    cache = ContentCache(tmp_path)
    cache.write("k", {"work": 1.0})
    (tmp_path / "k.json").write_text('{"work": 1')
    assert cache.read("k") is None


def test_no_folder_or_no_right_to_write_is_no_error(tmp_path):
    nothing = ContentCache(None)
    nothing.write("k", 1)
    assert nothing.read("k") is None
    (tmp_path / "file").write_text("")
    blocked = ContentCache(tmp_path / "file" / "below")
    blocked.write("k", 1)
    assert blocked.read("k") is None


def test_the_place_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("NETSIM_CACHE", str(tmp_path))
    assert default_cache().folder == tmp_path
    monkeypatch.delenv("NETSIM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache().folder == tmp_path / "netsim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache().folder == Path.home() / ".cache" / "netsim"
