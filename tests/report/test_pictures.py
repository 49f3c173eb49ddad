"""What the pictures show: markers that do not hide one another, dots, scales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from netsim.model.network import Option
from netsim.report.fonts import choose_fonts
from netsim.report.labels import in_use
from netsim.report.map_frame import MapWords, demand_scale, draw_scale
from netsim.report.map_panels import plan_panel, shapes
from netsim.report.maps import Mark, _moved_aside, ground
from netsim.report.promise_charts import promise_dots
from netsim.report.style import ACTION_COLOURS, Pen, inline
from netsim.text import Text
from tests.report import samples

places = st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), min_size=2, max_size=25)


@settings(deadline=None, max_examples=40)
@given(places, st.floats(4, 18))
def test_nobody_is_moved_further_than_two_diameters(points, diameter):
    diameters = np.full(len(points), diameter)
    shift = _moved_aside(np.array(points), diameters)
    assert np.all(np.hypot(shift[:, 0], shift[:, 1]) <= 2 * diameter + 1e-9)


def test_two_outlets_in_one_building_are_both_seen():
    shift = _moved_aside(np.array([[50.0, 50.0], [50.0, 50.0]]), np.array([15.0, 7.0]))
    assert np.hypot(*(shift[0] - shift[1])) > 0.85 * (15 + 7) / 2


def test_markers_that_stand_apart_stay_where_they_are():
    assert not _moved_aside(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([15.0, 15.0])).any()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 8), st.integers(0, 6))
def test_more_servers_never_make_a_smaller_mark(counters, terminals):
    def diameter(c, t):
        return Mark(0, 0, Option("f", "p", c, t), "o", "k").diameter

    assert diameter(counters + 1, terminals) >= diameter(counters, terminals)
    assert diameter(counters, terminals + 1) >= diameter(counters, terminals)


def test_the_map_of_a_plan_shows_every_decision():
    run, study = samples.run(), samples.study()
    panel = plan_panel(run, shapes(tuple(study.formats)), "Plan")
    assert sum(not mark.closed for mark in panel.marks) == len(in_use(run))
    assert sum(mark.closed for mark in panel.marks) == sum(site.action == "close" for site in run.sites)
    assert len(panel.idle) == sum(site.action == "stay_closed" for site in run.sites)
    assert {mark.colour for mark in panel.marks if mark.closed} == {ACTION_COLOURS["close"]}
    assert len(set(ACTION_COLOURS.values())) == len(ACTION_COLOURS)


@settings(deadline=None, max_examples=30)
@given(st.floats(200, 200_000))
def test_the_scale_bar_is_a_round_length_that_fits(width):
    axes = Figure().add_subplot()
    draw_scale(axes, (0.0, 0.0, width, 2 * width), MapWords("", "N", "m", "km"))
    bar = np.ptp(axes.lines[0].get_xdata())
    assert width / 18 <= bar <= width / 3.5
    assert bar / 10 ** np.floor(np.log10(bar) + 1e-9) == pytest.approx(np.array([1, 2, 5]), abs=4.1)
    label = axes.texts[0].get_text()
    assert float(label.split()[0]) * (1000 if label.endswith("km") else 1) == pytest.approx(bar)


def test_the_demand_scale_ends_below_the_largest_zone():
    demand = np.append(np.linspace(1, 50, 99), 5_000.0)
    assert demand_scale(demand).vmax < 60
    assert demand_scale(np.zeros(3)).vmax == 1.0


def test_the_ground_covers_the_study_area_and_names_its_source():
    below = ground(samples.study(), samples.basemap())
    xmin, ymin, xmax, ymax = samples.basemap().extent
    assert below.extent[0] < xmin
    assert below.extent[3] > ymax
    assert below.extent[1] < ymin
    assert below.extent[2] > xmax
    corners = np.concatenate(below.hexes)
    assert corners[:, 0].min() > below.extent[0]
    assert corners[:, 1].max() < below.extent[3]
    assert below.aspect == pytest.approx((ymax - ymin) / (xmax - xmin), rel=0.1)
    assert below.attribution == "© OpenStreetMap contributors (ODbL 1.0)"
    assert len(below.hexes) == len(samples.study().zones.ids)


def test_zones_given_as_points_are_drawn_as_discs_apart():
    study = samples.study()
    points = tuple(shapely.to_wkb(shapely.points(study.zones.x, study.zones.y)))
    below = ground(replace(study, zones=replace(study.zones, geometry=points)), samples.basemap())
    discs = [shapely.Polygon(ring) for ring in below.hexes]
    assert len(discs) == len(points)
    assert all(disc.area > 0 for disc in discs)
    assert shapely.union_all(discs).area == pytest.approx(sum(disc.area for disc in discs), rel=0.05)


def test_dots_stand_at_offered_work_over_open_time():
    run, study = samples.run(0), samples.study(plan_as_is=True)
    pen = Pen(Text("en", "EUR"), choose_fonts("en"))
    panel = promise_dots(run, study, pen)[0]
    first = next(site for site in in_use(run) if site.option and site.option.counters)
    lane = next(item for item in first.lanes if item.lane == "counter")
    assert ("counter", lane.load / (390 * lane.servers), lane.share_in_time, lane.half_width) in panel.points
    assert len(panel.points) == sum(len(site.lanes) for site in in_use(run))


def test_there_is_one_panel_for_the_plan_and_one_for_each_flat_cap():
    pen = Pen(Text("en", "EUR"), choose_fonts("en"))
    panels = promise_dots(samples.run(), samples.study(), pen)
    assert [panel.title for panel in panels] == [
        "Simulated capacity",
        *(f"Flat cap {cap}" for cap in (0.85, 0.75, 0.65, 0.55, 0.35)),
    ]
    assert panels[-1].lines == ("no plan meets the rules",)
    main = next(item for item in samples.run().sensitivities if item.id == "simulated")
    assert panels[0].lines[1] == f"{main.missed_outlets} of {main.outlets} outlets miss"


def test_pictures_are_drawn_in_print_size(run_report):
    _, files = run_report
    names = [path.name for path in files.pictures]
    assert names == [
        "maps.png",
        "share_against_load.png",
        "waits_by_half_hour.png",
        "sensitivity.png",
        "capacity_curves.png",
        "roster.png",
    ]
    for path in files.pictures:
        with Image.open(path) as image:
            assert image.width >= 1500
            assert np.asarray(image.convert("L")).std() > 5


def test_an_inline_picture_brings_no_prologue_and_its_own_ids():
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg><svg width="100pt" height="50pt" viewBox="0 0 100 50">'
        '<metadata>x</metadata><g id="a"/><use xlink:href="#a"/><rect style="clip-path: url(#a)"/></svg>'
    )
    assert inline(svg, "map", 'a "title" <b>') == (
        '<svg viewBox="0 0 100 50" role="img" aria-label="a &quot;title&quot; &lt;b>" '
        'style="width:100%;max-width:133px">'
        '<g id="map-a"/><use xlink:href="#map-a"/><rect style="clip-path: url(#map-a)"/></svg>'
    )
