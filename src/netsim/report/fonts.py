"""Fonts for the pictures: which ones are here, what they can draw, what to install."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matplotlib import font_manager

from netsim.text import Language, Text

LATIN = "DejaVu Sans"
"""Ships with matplotlib, so it is always there."""
CHINESE = (
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Microsoft YaHei",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Noto Sans CJK JP",
)
"""Families with Chinese glyphs, the best first; the last is what the Noto collection is called when read by face."""
FILES = ("wqy-microhei", "notosanscjk", "notosanssc", "simhei", "msyh", "sourcehansans", "pingfang")
"""Starts of the file names that hold these families."""
PAGE_STACK = (
    "'DejaVu Sans', Verdana, 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', 'Microsoft YaHei', 'PingFang SC', "
    "SimHei, sans-serif"
)
"""CSS families of text in a picture; Verdana is as wide as DejaVu Sans, so labels keep their room."""
PACKAGES = "fonts-wqy-microhei, fonts-noto-cjk"
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Fonts:
    """
    What the pictures of one report are written with.

    Parameters
    ----------
    language
        Language of the pictures: English where Chinese glyphs are wanted and no font holds them.
    families
        Families for matplotlib, all of them present.
    warning
        One line that names the package to install; empty if nothing is missing.
    """

    language: Language
    families: tuple[str, ...]
    warning: str = ""

    def drawable(self, name: str, instead: str = "") -> str:
        """
        Return a name that can be drawn without boxes.

        Characters that no font holds become ``?``; a name that loses more than half of its letters
        that way is replaced by ``instead`` (its id). Control characters go, long names are cut.
        """
        visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in name)
        plain = " ".join("".join(char for char in visible if unicodedata.category(char) != "Cf").split())[:SHOWN]
        known = glyphs(self.families)
        drawn = "".join(char if ord(char) in known else "?" for char in plain)
        if instead and 2 * sum(a != b for a, b in zip(plain, drawn, strict=True)) > len(plain):
            return self.drawable(instead)
        return drawn


def choose_fonts(language: Language) -> Fonts:
    """
    Return the fonts for the pictures of a report in ``language``.

    Chinese families are looked for in matplotlib's list and, as that list is cached, once more on
    the disk. Without any, the pictures are written in English and ``warning`` names the packages.

    Parameters
    ----------
    language
        Language of the report.
    """
    chinese = tuple(family for family in CHINESE if family in installed())
    if not chinese and _look_on_disk():
        chinese = tuple(family for family in CHINESE if family in installed())
    families = (LATIN, *chinese[:1])
    if language == "zh" and not chinese:
        return Fonts("en", families, Text("zh")("warning.no_chinese_font", packages=PACKAGES))
    return Fonts(language, families)


def installed() -> dict[str, str]:
    """Return the file of each family that matplotlib lists and that is still on the disk."""
    wanted = {LATIN, *CHINESE}
    entries = (entry for entry in font_manager.fontManager.ttflist if entry.name in wanted)
    return {entry.name: entry.fname for entry in entries if Path(entry.fname).exists()}


def _look_on_disk() -> bool:
    """Add Chinese fonts that matplotlib's cached list does not know yet; return whether any was found."""
    found = [
        path
        for path in sorted(font_manager.findSystemFonts())
        if Path(path).name.lower().replace("_", "-").startswith(FILES)
    ]
    for path in found:
        font_manager.fontManager.addfont(path)
    return bool(found)


@cache
def glyphs(families: tuple[str, ...]) -> frozenset[int]:
    """Return the code points that the families can draw."""
    known: set[int] = set()
    for family in families:
        path = font_manager.findfont(family, fallback_to_default=True)
        known.update(font_manager.get_font(path).get_charmap())
    return frozenset(known)
