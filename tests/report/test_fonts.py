"""Fonts: Chinese where a font holds it, English and one line of advice where none does, never boxes."""

from __future__ import annotations

import pytest
from matplotlib import font_manager

from netsim.report import fonts, write_run_report
from netsim.report.fonts import Fonts, choose_fonts
from tests.report import samples


@pytest.fixture
def no_chinese_font(monkeypatch):
    """Make the machine look as if it had no Chinese font."""
    entries = [entry for entry in font_manager.fontManager.ttflist if entry.name not in fonts.CHINESE]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", entries)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)


def test_without_a_chinese_font_the_pictures_are_english_and_a_line_names_the_packages(no_chinese_font, tmp_path):
    found = choose_fonts("zh")
    assert found.language == "en"
    assert found.families == ("DejaVu Sans",)
    files = write_run_report(samples.run(0), samples.study(), samples.basemap(), tmp_path, language="zh")
    html = files.page.read_text("utf-8")
    assert len(files.warnings) == 1
    assert "fonts-wqy-microhei" in files.warnings[0]
    assert "fonts-noto-cjk" in files.warnings[0]
    assert "\n" not in files.warnings[0]
    assert "Today: 34 outlets" in html
    assert "网络报告\uff1a示例城市" in html
    assert files.warnings[0] in html


def test_english_needs_no_chinese_font(no_chinese_font):
    assert choose_fonts("en") == Fonts("en", ("DejaVu Sans",))


def test_a_font_that_the_cached_list_does_not_know_is_looked_for_on_the_disk(no_chinese_font, monkeypatch):
    path = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
    added: list[str] = []

    def add(found: str) -> None:
        added.append(found)
        latin = next(entry for entry in font_manager.fontManager.ttflist if entry.name == "DejaVu Sans")
        entry = font_manager.FontEntry(fname=latin.fname, name="WenQuanYi Micro Hei")
        font_manager.fontManager.ttflist.append(entry)

    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/fonts/other.ttf", path])
    monkeypatch.setattr(font_manager.fontManager, "addfont", add)
    assert choose_fonts("zh") == Fonts("zh", ("DejaVu Sans", "WenQuanYi Micro Hei"))
    assert added == [path]


def test_a_listed_font_whose_file_is_gone_does_not_count(no_chinese_font):
    ghost = font_manager.FontEntry(fname="/nowhere/simhei.ttf", name="SimHei")
    font_manager.fontManager.ttflist.append(ghost)
    assert choose_fonts("zh").language == "en"


@pytest.mark.parametrize(
    ("name", "instead", "drawn"),
    [
        ("Bank 1", "b1", "Bank 1"),
        ("Åland \ue000 1", "b1", "Åland ? 1"),
        ("\ue000\ue001\ue002", "b1", "b1"),
        ("two\nlines\tand\x00more", "", "two lines and more"),
        ("right\u202eleft", "", "rightleft"),
        ("银行", "branch_03", "branch_03"),
        ("", "b1", ""),
    ],
)
def test_names_are_drawn_without_boxes(name, instead, drawn):
    assert Fonts("en", ("DejaVu Sans",)).drawable(name, instead) == drawn


def test_long_names_are_cut():
    assert len(Fonts("en", ("DejaVu Sans",)).drawable("A" * 1000)) == fonts.SHOWN
