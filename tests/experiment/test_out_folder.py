"""The output folder is netsim's own, and it is replaced as a whole or not at all."""

from __future__ import annotations

import pytest

from netsim.errors import BadInputError
from netsim.experiment.out_folder import MARK, check_out, replaced


def test_new_folder_appears_with_its_mark(tmp_path):
    out = tmp_path / "deep" / "out"
    with replaced(out) as folder:
        (folder / "a.txt").write_text("1")
        assert not out.exists()
    assert sorted(path.name for path in out.iterdir()) == [MARK, "a.txt"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_old_content_goes_only_when_the_new_is_whole(tmp_path):
    out = tmp_path / "out"
    with replaced(out) as folder:
        (folder / "first.txt").write_text("1")
    with pytest.raises(ZeroDivisionError), replaced(out) as folder:
        (folder / "second.txt").write_text(str(1 / 0))
    assert (out / "first.txt").exists()
    with replaced(out) as folder:
        (folder / "second.txt").write_text("2")
    assert not (out / "first.txt").exists()
    assert (out / "second.txt").read_text() == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_stranger_s_folder_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(BadInputError, match="files that netsim did not write"):
        check_out(tmp_path)
    with pytest.raises(BadInputError, match="name a folder"):
        check_out(tmp_path / "thesis.docx")


def test_a_stranger_s_file_among_netsim_s_own_is_safe(tmp_path):
    out = tmp_path / "out"
    with replaced(out) as folder:
        (folder / "a.txt").write_text("1")
    (out / "notes.txt").write_text("mine")
    with pytest.raises(BadInputError, match=r"did not write \(notes.txt\)"):
        check_out(out)
    assert (out / "notes.txt").read_text() == "mine"


def test_an_empty_folder_is_taken(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with replaced(out) as folder:
        (folder / "a.txt").write_text("1")
    assert (out / "a.txt").exists()
