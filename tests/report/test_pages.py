"""The pages: whole, closed, the same every time, safe with hostile names."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from netsim.report import write_run_report
from netsim.report.fonts import choose_fonts
from netsim.report.run_report import run_page_tables
from netsim.text import Text, sentences
from tests.report import samples
from tests.report.pages import Page, outline

GOLDEN = Path(__file__).parents[1] / "golden" / "report"
HOSTILE = '<script>alert("x")</script>\n=1+1|{{7*7}}\u202e' + "A" * 300
MOST_BYTES = 3_000_000


def pages(run_report, comparison_report, today_report) -> list[str]:
    return [files.page.read_text("utf-8") for files in (run_report[1], comparison_report[1], today_report)]


def test_a_page_is_small_and_asks_nobody(run_report, comparison_report, today_report):
    for html in pages(run_report, comparison_report, today_report):
        assert len(html.encode()) <= MOST_BYTES
        page = Page(html)
        assert [a for a in page.addresses if not a.startswith(("#", "data:image/png;base64,"))] == []
        assert not re.search(r"url\((?!#)", html)
        assert "@import" not in html
        assert "http:" not in html
        assert "https:" not in html
        assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in page.attributes


def test_a_dense_city_stays_small(tmp_path):
    rng = np.random.default_rng(1)
    x, y = samples.X0 + rng.uniform(0, 1_000, 20_000), samples.Y0 + rng.uniform(0, 1_700, 20_000)
    ways = shapely.linestrings(np.stack([np.column_stack([x, y]), np.column_stack([x + 9, y + 5])], axis=1))
    dense = replace(samples.basemap(), streets=tuple(shapely.to_wkb(ways)) * 2)
    files = write_run_report(samples.run(), samples.study(), dense, tmp_path, language="en", today=samples.run(0))
    assert files.page.stat().st_size <= MOST_BYTES
    assert "data:image/png;base64," in files.page.read_text("utf-8")


def test_ids_of_a_page_are_unique_and_inner_links_lead_somewhere(run_report, comparison_report, today_report):
    for html in pages(run_report, comparison_report, today_report):
        page = Page(html)
        assert {found for found in page.ids if page.ids.count(found) > 1} == set()
        assert {a[1:] for a in page.addresses if a.startswith("#")} <= set(page.ids)


def test_pictures_keep_their_words_as_text(run_report):
    language, files = run_report
    html = files.page.read_text("utf-8")
    pictures = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(pictures) == 6
    words = " ".join(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture)) for picture in pictures)
    for key in ("unit.min", "promise.broken", "map_action.close", "sensitivity.simulated"):
        assert Text(choose_fonts(language).language)(key) in words
    assert "font-family: 'DejaVu Sans', Verdana" in pictures[0]


@pytest.mark.parametrize(("kind", "name"), [("run", "report"), ("comparison", "comparison")])
def test_the_outline_is_the_golden_one(kind, name, run_report, comparison_report):
    language, files = run_report if kind == "run" else comparison_report
    golden = GOLDEN / f"{kind}_{language}.txt"
    assert files.page.name == f"{name}.html"
    without = "section warnings\n"  # there on a machine without a Chinese font
    found = outline(files.page.read_text("utf-8")).replace(without, "")
    assert found == golden.read_text("utf-8").replace(without, "")


def test_the_board_finds_what_it_needs(run_report):
    language, files = run_report
    words = " ".join(Page(files.page.read_text("utf-8")).words)
    text = Text(language, "EUR")
    run = samples.run()
    assert text("status.certified") in words
    assert text("evidence_weakest", label=text("evidence.assumption")) in words
    assert run.fingerprint in words
    assert str(run.seed) in words
    assert "© OpenStreetMap contributors (ODbL 1.0)" in words
    assert text("sensitivity.flat", cap="0.85") in words
    assert text("optimality.heuristic_cuts") in words


def test_an_as_is_run_has_no_plan_to_show(today_report):
    found = Page(today_report.page.read_text("utf-8"))
    assert "changes" not in found.ids
    assert "rounds" not in found.ids
    assert "flat_caps" not in found.ids
    assert Text("en")("status.simulated") in found.words
    assert not any("capacity" in line for line in found.outline if line.startswith("th "))


def test_the_headline_names_met_and_missed_targets():
    text = Text("en", "EUR")
    table = run_page_tables(samples.run(), samples.study(), samples.run(0), text)["summary"]
    verdicts = {row[0]: row[-1] for row in table.rows}
    assert verdicts["Share in time: counter"].tone == "good"
    assert verdicts["Share in time: terminal"].tone == "bad"
    assert verdicts["People covered: Simple counter service within 6 min"].value == "met"
    assert verdicts["Lanes that keep their promise"].tone == "good"


def test_closed_outlets_name_who_takes_their_customers():
    text = Text("en", "EUR")
    run = samples.run()
    table = run_page_tables(run, samples.study(), samples.run(0), text)["changes"]
    closed = [row for row in table.rows if row[0].value == "close"]
    assert len(closed) == sum(site.action == "close" for site in run.sites)
    assert all("Next best here: Branch 2+1" in str(row[6]) for row in closed)
    busy = [row for row in closed if row[4] > 10]
    assert busy
    assert all("visits a day; its fullest lane then at" in str(row[7]) for row in busy)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


WRITE = """
import sys
from pathlib import Path
from netsim.report import write_comparison_report, write_run_report
from tests.report import samples
folder = Path(sys.argv[1])
write_run_report(samples.run(), samples.study(), samples.basemap(), folder, language="en", today=samples.run(0))
comparison, studies = samples.comparison()
write_comparison_report(comparison, studies, samples.basemap(), folder, language="en")
"""


def test_the_same_input_gives_the_same_bytes_in_another_process(tmp_path):
    root = Path(__file__).parents[2]
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "TZ": f"UTC+{seed}", "PATH": "/usr/bin:/bin"}
        subprocess.run([sys.executable, "-c", WRITE, str(tmp_path / seed)], check=True, cwd=root, env=environment)
    first, second = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert len(first) == 13
    assert first == second


def test_nothing_of_this_machine_is_written(run_report):
    _, files = run_report
    for path in files.page.parent.iterdir():
        assert str(files.page.parent).encode() not in path.read_bytes()


def test_hostile_names_stay_names(tmp_path):
    run, study = samples.run(), samples.study()
    sites = tuple(replace(site, name=HOSTILE, brand=HOSTILE) for site in run.sites)
    evil = replace(
        run,
        name={"en": HOSTILE},
        note={"en": HOSTILE},
        sites=sites,
        warnings=(HOSTILE,),
        scenario=HOSTILE,
        versions={HOSTILE: HOSTILE},
    )
    files = write_run_report(
        evil,
        replace(study, sites=tuple(replace(site, name=HOSTILE) for site in study.sites)),
        replace(samples.basemap(), attribution=HOSTILE),
        tmp_path,
        language="en",
    )
    html = files.page.read_text("utf-8")
    page = Page(html)
    assert "script" not in page.tags
    assert "<script" not in html
    assert "{{7*7}}" in html
    assert any("<script>" in words for words in page.words)


@pytest.mark.parametrize("name", ["unseen \U000e0041 \ue000 glyphs", "$\\frac{1}{2}$", "دبي 東京 ธนาคาร", "\x00\x07"])
def test_names_that_no_font_holds_make_no_noise(name, tmp_path, recwarn, capfd):
    run, study = samples.run(0), samples.study(plan_as_is=True)
    run = replace(run, sites=tuple(replace(site, name=name) for site in run.sites))
    study = replace(study, sites=tuple(replace(site, name=name) for site in study.sites))
    write_run_report(run, study, samples.basemap(), tmp_path, language="en")
    assert [str(warning.message) for warning in recwarn] == []
    assert capfd.readouterr() == ("", "")


def test_a_report_without_a_basemap_or_with_an_empty_network_is_still_written(tmp_path):
    run, study = samples.run(), samples.study()
    nothing = replace(
        run,
        sites=tuple(replace(s, option=None, action="close" if s.today else "stay_closed", lanes=()) for s in run.sites),
        sensitivities=(),
        half_hours=replace(run.half_hours, arrivals=run.half_hours.arrivals * 0),
        staff=replace(run.staff, required=run.staff.required * 0, on_duty=run.staff.on_duty * 0),
        status="infeasible",
    )
    bare = replace(samples.basemap(), streets=(), water=(), parks=(), rails=(), attribution="")
    files = write_run_report(nothing, study, bare, tmp_path, language="en")
    assert [path.name for path in files.pictures] == ["maps.png", "capacity_curves.png"]
    assert sentences("en")["status.infeasible"] in files.page.read_text("utf-8")
