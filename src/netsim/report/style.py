"""The look of the pictures: colours that colour-blind readers can tell apart, type, and how they are saved."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from netsim.model.network import Action
from netsim.model.result import Verdict
from netsim.report.fonts import PAGE_STACK, Fonts
from netsim.report.records import Picture
from netsim.text import Text

INK = "#222222"
MUTED = "#767676"
FAINT = "#d9d9d9"
BLUE = "#0b5394"
RED = "#c8401a"
ACTION_COLOURS: dict[Action, str] = {
    "keep": "#444444",
    "resize": "#0072b2",
    "convert": "#e69f00",
    "open": "#00896a",
    "close": "#c8401a",
    "stay_closed": "#b0b0b0",
}
"""After Okabe and Ito: apart for the common forms of colour blindness, and in grey print with the shapes."""
VERDICT_COLOURS: dict[Verdict, str] = {"kept": BLUE, "missed": RED, "undecided": "#8a8a8a", "no_promise": "#b0b0b0"}
PARTS = ("#0b5394", "#5b8fc0", "#a9c6e3", "#b8b8b8", "#e69f00", "#c8401a", "#e3d3b0")
"""Parts of the cost in the order of ``CostBreakdown``."""
SHAPES = ("o", "s", "D", "h", "v", "P", "^", "p")
DPI = 160
IMAGE_DPI = 100
"""Of images inside an SVG picture (dense layers of a map)."""
WIDE = 600.0
"""Width in points above which a picture fills the page."""
MISSING_GLYPH = ".*[Gg]lyph .*missing.*"


@dataclass(frozen=True, slots=True)
class Pen:
    """
    What every picture needs to write words.

    Parameters
    ----------
    text
        Sentences in the language of the pictures.
    fonts
        Fonts of the pictures.
    """

    text: Text
    fonts: Fonts

    def label(self, name: str, instead: str = "", width: int = 0) -> str:
        """Return a name as it can be drawn, cut to ``width`` characters with an ellipsis."""
        drawn = self.fonts.drawable(name, instead)
        return drawn if not width or len(drawn) <= width else f"{drawn[: width - 1].rstrip()}…"


def settings(fonts: Fonts) -> dict[str, object]:
    """Return matplotlib's settings for all pictures of a report."""
    return {
        "font.family": list(fonts.families),
        "font.size": 8.5,
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "netsim",
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "grid.color": FAINT,
        "grid.linewidth": 0.5,
        "legend.frameon": False,
        "legend.fontsize": 7.5,
        "path.simplify": True,
    }


def draw(name: str, fonts: Fonts, make: Callable[[], Figure], title: str, caption: str) -> Picture:
    """
    Return a picture in both forms, the same bytes for the same input.

    Parameters
    ----------
    name
        Id of the picture, a file name without its ending.
    fonts
        Fonts of the report.
    make
        Draws the figure; called within the report's settings.
    title, caption
        Heading and reading aid, in the report's language.
    """
    with mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", **settings(fonts)}), _quiet():
        figure = make()
        page, image = io.StringIO(), io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(page, format="svg", metadata=nothing, dpi=IMAGE_DPI)
        figure.savefig(image, format="png", metadata={"Software": None}, dpi=DPI)
    return Picture(name, inline(page.getvalue(), name, title), image.getvalue(), title, caption)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep matplotlib from talking of glyphs and weights: what cannot be drawn was replaced before."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", MISSING_GLYPH)
            yield
    finally:
        log.setLevel(level)


def inline(svg: str, name: str, title: str) -> str:
    """
    Return an SVG document as an element of a page: no prologue, no outside names, its own ids.

    Parameters
    ----------
    svg
        What matplotlib wrote.
    name
        Prefix of all ids, so that two pictures on a page do not meet.
    title
        Text for readers who do not see the picture.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    head, rest = body.split(">", 1)
    box = re.search(r'viewBox="[^"]+"', head)
    width = re.search(r'width="([0-9.]+)pt"', head)
    if box is None or width is None:
        raise ValueError("the SVG has no viewBox or no width")
    rest = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", rest)
    rest = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", rest, count=1, flags=re.DOTALL)
    rest = re.sub(r'font-family: [^;"]*', f"font-family: {PAGE_STACK}", rest)
    rest = re.sub(r'font: ([^;"]*?px) [^;"]*', rf"font: \g<1> {PAGE_STACK}", rest)
    label = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    # wide pictures fill the page; narrow ones keep their size (points become CSS pixels by 4/3)
    points = float(width.group(1))
    most = "" if points > WIDE else f";max-width:{round(points * 4 / 3)}px"
    return f'<svg {box.group(0)} role="img" aria-label="{label}" style="width:100%{most}">{rest}'


def save(picture: Picture, folder: Path) -> Path:
    """Write the PNG of a picture and return its path."""
    path = folder / f"{picture.id}.png"
    path.write_bytes(picture.png)
    return path
