import os
import pickle
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsim.files import (
    DataRoots,
    PathError,
    parse_data_root,
    project_folder,
    read_bytes,
    read_text,
    refuse_url,
    sha256,
)


@pytest.fixture
def city(tmp_path):
    folder = tmp_path / "city"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "netsim.toml").touch()
    (folder / "data" / "sites.csv").write_text("id\n", encoding="utf-8")
    (folder / "scenarios" / "x.yaml").write_text("netsim: 1\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("mark", ["netsim.toml", "pyproject.toml", ".git"])
def test_the_project_is_the_nearest_marked_folder(mark, tmp_path):
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    (tmp_path / "a" / mark).touch()
    assert project_folder(inner / "x.yaml") == tmp_path / "a"
    (inner / mark).touch()
    assert project_folder(inner / "x.yaml") == inner


def test_without_a_mark_the_project_is_the_scenarios_own_folder(tmp_path):
    assert project_folder(tmp_path / "x.yaml") == tmp_path


def test_paths_start_from_the_file_that_names_them(city):
    roots = DataRoots.for_scenario(city / "scenarios" / "x.yaml", environ={})
    assert roots.project == city
    assert roots.resolve("../data/sites.csv", city / "scenarios") == city / "data" / "sites.csv"
    assert roots.resolve("sites.csv", city / "data") == city / "data" / "sites.csv"
    assert roots.resolve("../data", city / "scenarios", "folder") == city / "data"
    assert roots.resolve("../new.csv", city / "scenarios", exists=False) == city / "new.csv"


def test_named_roots_come_from_outside(city, tmp_path):
    other = tmp_path / "other"
    (other / "deep").mkdir(parents=True)
    (other / "deep" / "a.csv").touch()
    roots = DataRoots.for_scenario(city / "x.yaml", {"CITY": other}, {"NETSIM_DATA": str(other / "deep")})
    assert roots.resolve("CITY:deep/a.csv", city) == other / "deep" / "a.csv"
    assert roots.resolve("NETSIM_DATA:a.csv", city) == other / "deep" / "a.csv"
    assert roots.resolve("a.csv", other / "deep") == other / "deep" / "a.csv"
    with pytest.raises(PathError, match="outside its data root"):
        roots.resolve("NETSIM_DATA:../deep/../b.csv", city)
    with pytest.raises(PathError, match=r"unknown data root 'CITTY' .*did you mean 'CITY'\?"):
        roots.resolve("CITTY:a.csv", city)
    with pytest.raises(PathError, match="is a URL"):
        roots.resolve("CITY:/etc/passwd", city)
    with pytest.raises(PathError, match="the data root GONE is no folder"):
        DataRoots(city, {"GONE": tmp_path / "gone"}).resolve("GONE:a.csv", city)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no path"),
        (" a.csv", "no path"),
        ("../../x.csv", "outside the project folder"),
        ("../../city2/x.csv", "outside the project folder"),
        ("/etc/passwd", "absolute path"),
        ("~/x.csv", "absolute path"),
        ("C:x.csv", "absolute path of a drive"),
        ("http://h/x.csv", "URL"),
        ("ftp://h/x.csv", "URL"),
        ("s3://b/x.csv", "URL"),
        ("gs:/b/x.csv", "URL"),
        ("file:///etc/passwd", "URL"),
        ("/vsicurl/http://h/x", "virtual"),
        ("/vsis3/b", "virtual"),
        ("VSIZIP/x.zip", "virtual"),
        ("<VRTDataset>", "virtual"),
        ("x.VRT", "virtual"),
        ("/dev/stdin", "virtual or device"),
        ("a\\b", "backslash"),
        ("a\nb", "control characters"),
        ("a\0b", "control characters"),
        ("a" * 1001, "longer than 1,000"),
        ("../data", "is a folder"),
        ("../data/site.csv", "did you mean 'sites.csv'"),
        ("../data/SITES.csv", "did you mean 'sites.csv'"),
        ("../dta/sites.csv", "did you mean 'data'"),
        ("../zzz/sites.csv", "the folder 'zzz' does not exist"),
    ],
)
def test_what_may_not_be_read_is_told(text, told, city):
    with pytest.raises(PathError) as caught:
        DataRoots(city).resolve(text, city / "scenarios")
    assert told in str(caught.value)


def test_links_are_followed_inside_and_refused_outside(city, tmp_path):
    (tmp_path / "secret.csv").touch()
    (city / "out.csv").symlink_to(tmp_path / "secret.csv")
    (city / "up").symlink_to(tmp_path)
    (city / "in.csv").symlink_to(city / "data" / "sites.csv")
    roots = DataRoots(city)
    assert roots.resolve("in.csv", city) == city / "data" / "sites.csv"
    for text in ("out.csv", "up/secret.csv"):
        with pytest.raises(PathError, match="outside"):
            roots.resolve(text, city)


def test_pipes_sockets_and_devices_are_no_files(city):
    os.mkfifo(city / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(city / "socket"))
        for name in ("pipe", "socket"):
            with pytest.raises(PathError, match="device or a pipe"):
                DataRoots(city).resolve(name, city)
            with pytest.raises(PathError, match="device or a pipe"):
                read_bytes(city / name)
    with pytest.raises(PathError, match="device or a pipe"):
        read_bytes(Path("/dev/zero"))


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet="./\\:~aCDx-\n\0é ", max_size=20))
def test_no_text_leads_out_of_the_project(city, text):
    try:
        path = DataRoots(city).resolve(text, city / "scenarios", exists=False)
    except PathError:
        return
    assert path.is_relative_to(city)


def test_roots_cross_a_process_border(city):
    roots = DataRoots(city, {"CITY": city / "data"})
    assert pickle.loads(pickle.dumps(roots)) == roots  # noqa: S301 - made here
    with pytest.raises(TypeError):
        roots.named["NEW"] = city


@pytest.mark.parametrize(
    ("content", "told", "line", "column"),
    [
        ("netsim: 1\n".encode("utf-16"), "UTF-16", 1, 1),
        (b"a: 1\nb: \0", "NUL", 2, 4),
        (b"a: 1\nb: \xe9\xe8\n", "not UTF-8 (byte 0xe9)", 2, 4),
        (b"x" * 101, "larger than 100 bytes", 0, 0),
    ],
)
def test_a_text_file_must_be_utf_8_and_small(content, told, line, column, tmp_path):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(PathError) as caught:
        read_text(tmp_path / "x", limit=100)
    assert told in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_byte_order_mark_is_taken_away(tmp_path):
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfa: \xe5\xb0\x8f")
    assert read_text(tmp_path / "x") == "a: 小"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    (tmp_path / "x").touch(mode=0)
    with pytest.raises(PathError, match="cannot be read"):
        read_bytes(tmp_path / "x")


def test_sha256_known_answer(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert sha256(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(PathError, match="no such file"):
        sha256(tmp_path / "y")


def test_a_data_root_argument(tmp_path):
    assert parse_data_root(f"CITY={tmp_path}") == ("CITY", tmp_path)
    for text in ("CITY", "=x", "C=x", "C I=x", "CITY=", f"CITY={tmp_path}/gone"):
        with pytest.raises(PathError, match="data root"):
            parse_data_root(text)


def test_a_url_is_no_file():
    refuse_url("scenarios/x.yaml")
    with pytest.raises(PathError, match="is a URL"):
        refuse_url(str(Path("https://example.org/x.yaml")))
