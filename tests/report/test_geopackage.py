"""The GeoPackage: layers, columns, hostile names, bytes."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np
import pyogrio
import pytest
import shapely

from netsim.report.geopackage import write_geopackage
from tests.report import samples


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    path = tmp_path_factory.mktemp("gpkg") / "network.gpkg"
    write_geopackage(path, samples.run(), samples.study())
    return path


def test_sites_carry_the_decision_and_what_simulation_says(package):
    run = samples.run()
    sites = pyogrio.read_dataframe(package, layer="sites")
    assert str(sites.crs) == samples.CRS
    assert list(sites["id"]) == [site.id for site in run.sites]
    assert list(sites["decision"]) == [site.action for site in run.sites]
    assert np.allclose(sites.geometry.x, [site.x for site in run.sites])
    one = next(site for site in run.sites if len(site.lanes) == 2)
    row = sites[sites["id"] == one.id].iloc[0]
    counter = next(lane for lane in one.lanes if lane.lane == "counter")
    assert row["counters"] == counter.servers
    assert row["counter_load"] == pytest.approx(counter.load)
    assert row["counter_capacity"] == pytest.approx(counter.capacity)
    assert row["counter_share_in_time"] == pytest.approx(counter.share_in_time)
    assert row["verdict"] == "kept"
    assert np.isnan(sites[sites["format"] == "atm"]["counter_load"]).all()


def test_zones_carry_people_visits_and_their_shapes(package):
    study = samples.study()
    zones = pyogrio.read_dataframe(package, layer="zones")
    assert zones["visits_per_day"].sum() == pytest.approx(study.demand.daily(0).sum())
    assert zones["people_daytime"].sum() == pytest.approx(60_000)
    assert zones["share_with_outlet"].between(0, 1 + 1e-9).all()
    assert shapely.area(np.array(zones.geometry)).min() > 8_000


def test_the_same_plan_gives_the_same_bytes(package, tmp_path):
    again = tmp_path / "network.gpkg"
    again.write_bytes(b"an older file")
    write_geopackage(again, samples.run(), samples.study())
    assert again.read_bytes() == package.read_bytes()


def test_hostile_names_are_values_and_layers_of_people_become_safe_columns(tmp_path):
    name = "x'); DROP TABLE sites; --\x00\u202e" + "A" * 300
    run, study = samples.run(), samples.study()
    run = replace(run, sites=tuple(replace(site, name=name) for site in run.sites))
    people = {"Workers; DROP": study.zones.people["daytime"], "workers, drop": study.zones.people["residents"]}
    study = replace(study, zones=replace(study.zones, people=people))
    write_geopackage(tmp_path / "a.gpkg", run, study)
    with sqlite3.connect(tmp_path / "a.gpkg") as base:
        names = {row[0] for row in base.execute("SELECT name FROM sites")}
        columns = [row[1] for row in base.execute("PRAGMA table_info(zones)")]
    base.close()
    assert names == {name.replace("\x00", " ").replace("\u202e", " ")}
    assert {"people_workers_drop", "people_workers_drop_2"} <= set(columns)


def test_the_clock_of_gdal_is_left_as_it_was(package):
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
