from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo import gtfs_files
from netsim.geo.gtfs import Feed, headways, read_gtfs, stop_departures
from netsim.geo.gtfs_calls import sphere_metres
from netsim.geo.layers import LayerError
from tests.geo.town_feed import TABLES, departures_table, write_folder, write_zip

ROOT = Path(os.environ.get("NETSIM_DATA", "")) / "porto_alegre"
needs_data = pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")

TRAM = {("A", slot): 3.0 for slot in range(14, 18)}
THURSDAY = TRAM | {("A", 16): 6.0, ("B", 16): 3.0, ("C", 16): 2.0, ("C", 17): 1.0, ("D", 16): 2.0}


def quiet(_note: str) -> None:
    """Take a note and forget it."""


@pytest.fixture
def town(tmp_path):
    return write_folder(tmp_path / "town")


def test_departures_of_a_plain_day_worked_out_by_hand(town):
    notes: list[str] = []
    feed = read_gtfs(town, "thu", tell=notes.append)
    assert feed.date == "2024-01-04"
    assert feed.stop_ids == ("A", "B", "C", "D", "E")
    assert feed.route_names == ("1", "Tram", "3")
    assert feed.route_type.tolist() == [3, 0, 3]
    # The night bus of Wednesday 3 January runs at 00:30 of this day.
    expected = departures_table(THURSDAY | {("D", 1): 1.0}, feed.stop_ids)
    assert stop_departures(feed) == pytest.approx(expected, abs=1e-6)
    assert "thu is taken as 2024-01-04, on which 18 trips run" in notes[0]
    assert any("of the times are missing and put between the others" in note for note in notes)


def test_patterns_and_their_minutes(town):
    feed = read_gtfs(town, "thu", tell=quiet)
    assert [feed.route_ids[route] for route in feed.pattern_route] == ["R1", "R2", "R3"]
    assert feed.pattern_direction.tolist() == [0, -1, 1]
    assert feed.first.tolist() == [0, 4, 6, 8]
    assert [feed.stop_ids[stop] for stop in feed.stop] == list("ABCDACDE")
    assert feed.ride == pytest.approx([6.0, 6.0, 3.0, 0.0, 9.0, 0.0, 7.0, 0.0], abs=0.01)
    assert feed.dwell == pytest.approx([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], abs=1e-9)
    assert feed.alights.all()
    assert not feed.departures.flags.writeable


@pytest.mark.parametrize(
    ("weekday", "date", "more"),
    [
        # A bus more at 08:25 (at C only at 08:38); Tuesday's night bus.
        (
            "wed",
            "2024-01-10",
            THURSDAY | {("A", 16): 7.0, ("B", 17): 1.0, ("C", 17): 2.0, ("D", 1): 1.0},
        ),
        ("monday", "2024-01-08", THURSDAY),  # not the holiday; nothing runs on from Sunday
        ("tue", "2024-01-02", THURSDAY),  # nothing runs on from the holiday
        ("sat", "2024-01-06", {("A", 16): 1.0, ("B", 16): 1.0, ("C", 16): 1.0, ("D", 1): 1.0}),
    ],
)
def test_exceptions_and_nights(town, weekday, date, more):
    feed = read_gtfs(town, weekday, tell=quiet)
    assert feed.date == date
    assert stop_departures(feed) == pytest.approx(departures_table(more, feed.stop_ids), abs=1e-6)


def test_headways_are_infinite_where_nothing_leaves(town):
    feed = read_gtfs(town, "wed", tell=quiet)
    minutes = headways(feed)
    assert minutes[0, 16] == pytest.approx(30.0 / 7.0)
    assert minutes[feed.stop_ids.index("E")].tolist() == [np.inf] * 48
    assert np.isfinite(minutes).sum() == (stop_departures(feed) > 0.0).sum()


def test_a_feed_of_dates_alone_takes_its_late_trips_as_its_own(tmp_path):
    dates = "service_id,date,exception_type\nWK,20240104,1\nSA,20240106,1\nFAIR,20240110,1\n"
    notes: list[str] = []
    feed = read_gtfs(write_folder(tmp_path, calendar=None, calendar_dates=dates), "thu", tell=notes.append)
    expected = departures_table(THURSDAY | {("D", 1): 1.0}, feed.stop_ids)
    assert stop_departures(feed) == pytest.approx(expected, abs=1e-6)
    assert any("the feed holds from 2024-01-04; what runs on after midnight is its own" in note for note in notes)


def test_exact_headways_count_whole_vehicles(tmp_path):
    often = "trip_id,start_time,end_time,headway_secs,exact_times\nt1,08:00:00,09:00:00,1500,{}\n"
    exact = read_gtfs(write_folder(tmp_path / "exact", frequencies=often.format(1)), "thu", tell=quiet)
    mean = read_gtfs(write_folder(tmp_path / "mean", frequencies=often.format(0)), "thu", tell=quiet)
    buses = 3.0
    assert stop_departures(exact)[0, 16:18].tolist() == [2.0 + buses, 1.0]  # 08:00, 08:25, 08:50
    assert stop_departures(mean)[0, 16:18] == pytest.approx([1.2 + buses, 1.2])


def test_headways_past_midnight_run_on_into_the_next_day(tmp_path):
    often = "trip_id,start_time,end_time,headway_secs\nt1,23:00:00,25:00:00,600\n"
    feed = read_gtfs(write_folder(tmp_path, frequencies=often), "thu", tell=quiet)
    trams = stop_departures(feed)[0]
    assert trams[[0, 1, 46, 47]].tolist() == [3.0] * 4
    assert trams[2:46].sum() == 3.0  # the buses


def test_where_nobody_may_get_on_or_off(tmp_path):
    calls = TABLES["stop_times.txt"].splitlines()
    kinds = {"B": ",1,0", "C": ",0,1"}
    rows = [calls[0] + ",pickup_type,drop_off_type", *(row + kinds.get(row.split(",")[3], ",,") for row in calls[1:])]
    feed = read_gtfs(write_folder(tmp_path, stop_times="\n".join(rows)), "thu", tell=quiet)
    assert stop_departures(feed)[feed.stop_ids.index("B")].sum() == 0.0
    assert [feed.stop_ids[stop] for stop in feed.stop[~feed.alights]] == ["C", "C"]


def same(one: Feed, other: Feed) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Feed.__slots__ if name != "where")


def test_folder_archive_and_archive_with_a_folder_read_alike(town, tmp_path):
    plain = read_gtfs(town, "wed", tell=quiet)
    assert same(plain, read_gtfs(write_zip(tmp_path / "a.zip"), "wed", tell=quiet))
    assert same(plain, read_gtfs(write_zip(tmp_path / "b.zip", "town/"), "wed", tell=quiet))


def test_the_order_of_rows_does_not_matter(town, tmp_path):
    turned = {}
    for name in ("stop_times", "calendar_dates", "calendar"):
        head, *rows = TABLES[f"{name}.txt"].splitlines()
        turned[name] = "\r\n".join([head, *reversed(rows)])
    assert same(
        read_gtfs(town, "wed", tell=quiet), read_gtfs(write_folder(tmp_path / "t", **turned), "wed", tell=quiet)
    )


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("stops", "stop_id,", "id,", r"stops.txt:1: no column 'stop_id' \(it has id, "),
        ("stops", "B,Stop B,", "A,Stop B,", r"stops.txt:3: stop_id 'A' stands twice"),
        ("stops", "B,Stop B,", "B,Stop B,9", r"stops.txt:3: stop_lat: expected degrees from -90 to 90, got 9"),
        ("stops", "B,Stop B,", "B,Stop B,x", r"stops.txt:3: stop_lat: expected a number of degrees, got 'x"),
        ("stops", "B,Stop B,", "B,Stop B,,", r"stops.txt:3: expected 5 cells as in the header, got 6"),
        ("stops", "STN,Station,,,1", "F,Far,0,0,0", r"stops.txt:7: the stop lies at 0, 0"),
        ("stops", "STN,Station,,,1", "F,Far,,0,0", r"stops.txt:7: stop_lat: expected degrees .* got nothing"),
        ("routes", "R3,3,Far line,3", "R3,3,Far line,bus", r"routes.txt:4: route_type: expected .* got 'bus'"),
        ("trips", "R2,WK,t1,", "R9,WK,t1,", r"trips.txt:7: route_id 'R9' is not in routes.txt"),
        ("trips", "R2,WK,t1,", "R2,XX,t1,", r"trips.txt:7: service_id 'XX' is neither in calendar.txt nor"),
        ("trips", "R2,WK,t1,", "R2,WK,t1,2", r"trips.txt:7: direction_id: expected 0, 1 or nothing, got '2'"),
        ("trips", "R2,WK,t1,", "R2,WK,,", r"trips.txt:7: trip_id is empty"),
        ("calendar", "20240131\nSA", "20240132\nSA", r"calendar.txt:2: end_date: expected a date .* got '20240132'"),
        ("calendar", "SA,0,", "SA,no,", r"calendar.txt:3: monday: expected 0 or 1, got 'no'"),
        ("calendar_dates", "FAIR,20240110,1", "FAIR,20240110,3", r"calendar_dates.txt:3: exception_type: .* got '3'"),
        ("stop_times", "e1,08:05:00", "zz,08:05:00", r"stop_times.txt:24: trip_id 'zz' is not in trips.txt"),
        ("stop_times", "08:05:00,D", "08:05:00,X", r"stop_times.txt:24: stop_id 'X' is no stop of stops.txt"),
        ("stop_times", "08:05:00,D", "08:05:00,STN", r"stop_times.txt:24: .* another location_type than 0"),
        ("stop_times", "e1,08:05:00", "e1,8h05", r"stop_times.txt:24: arrival_time: expected a time .* got '8h05'"),
        ("stop_times", "e1,08:05:00,08:05:00", "e1,,", r"stop_times.txt:24: no time; the first and the last call"),
        ("stop_times", "e1,08:05:00,", "e1,08:06:00,", r"stop_times.txt:24: departure_time lies before arrival_time"),
        ("stop_times", "e1,08:12:00", "e1,08:02:00", r"stop_times.txt:25: arrival_time lies before the departure"),
        ("stop_times", "08:12:00,E,2", "08:12:00,E,1", r"stop_times.txt:25: stop_sequence 1 stands twice"),
        ("stop_times", "08:12:00,E,2", "08:12:00,E,", r"stop_times.txt:25: stop_sequence is empty"),
        ("stop_times", "08:12:00,E,2", "08:12:00,E,-2", r"stop_times.txt:25: stop_sequence: .* got '-2'"),
        ("frequencies", "600,", "0,", r"frequencies.txt:2: headway_secs must be positive"),
        ("frequencies", "09:00:00", "07:00:00", r"frequencies.txt:2: end_time must lie after start_time"),
    ],
)
def test_a_broken_feed_is_told_with_file_and_line(tmp_path, table, old, new, message):
    text = TABLES[f"{table}.txt"]
    assert old in text
    path = write_folder(tmp_path, **{table: text.replace(old, new, 1)})
    with pytest.raises(LayerError, match=message) as caught:
        read_gtfs(path, "thu", tell=quiet)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ({"stops": None}, r"stops.txt is missing, so it is no GTFS feed \(it has agency.txt, calendar.txt, "),
        ({"calendar": None, "calendar_dates": None}, r"calendar.txt and calendar_dates.txt are both missing"),
        ({"stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"}, r"calls at two stops"),
    ],
)
def test_a_feed_with_a_hole_is_refused(tmp_path, gone, message):
    with pytest.raises(LayerError, match=message):
        read_gtfs(write_folder(tmp_path, **gone), "thu", tell=quiet)


@pytest.mark.parametrize(
    ("weekday", "message"),
    [
        ("thur", r"weekday: expected one of mon, tue, .*, got 'thur'; did you mean 'thu'\?"),
        ("feiertag", r"weekday: expected one of mon, tue, wed, thu, fri, sat, sun, got 'feiertag'"),
        ("sun", r"no trip runs on a sunday \(trips run on: mon, tue, wed, thu, fri, sat\); leave the feed out"),
    ],
)
def test_a_weekday_that_is_none_or_has_no_trips(town, weekday, message):
    with pytest.raises(LayerError, match=message):
        read_gtfs(town, weekday, tell=quiet)


def test_text_that_is_not_utf8_is_told_with_its_line(town):
    (town / "routes.txt").write_bytes(TABLES["routes.txt"].replace("Tram", "Tramw\u00e4y").encode("latin-1", "ignore"))
    with pytest.raises(LayerError, match=r"routes.txt:3: not UTF-8 \(byte 0xe4\)"):
        read_gtfs(town, "thu", tell=quiet)


def test_archives_that_swell_or_are_none_are_refused(tmp_path, monkeypatch):
    path = write_zip(tmp_path / "a.zip")
    with pytest.raises(LayerError, match=r"no such file 'b.zip'; did you mean 'a.zip'"):
        read_gtfs(tmp_path / "b.zip", "thu", tell=quiet)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("stops.txt")
    broken = bytearray(path.read_bytes())
    broken[info.header_offset + 60] ^= 0xFF
    (tmp_path / "c.zip").write_bytes(broken)
    with pytest.raises(LayerError, match=r"c.zip/stops.txt: the table cannot be unpacked"):
        read_gtfs(tmp_path / "c.zip", "thu", tell=quiet)
    monkeypatch.setattr(gtfs_files, "UNPACKED_LIMIT", 100)
    with pytest.raises(LayerError, match=r"a.zip/stops.txt: the table unpacks to [0-9,]+ bytes; no more than 100"):
        read_gtfs(path, "thu", tell=quiet)
    (tmp_path / "d.zip").write_text("stop_id")
    with pytest.raises(LayerError, match=r"d.zip: no readable zip archive"):
        read_gtfs(tmp_path / "d.zip", "thu", tell=quiet)


def test_a_link_out_of_the_folder_is_not_followed(town, tmp_path):
    (town / "routes.txt").rename(tmp_path / "routes.txt")
    (town / "routes.txt").symlink_to(tmp_path / "routes.txt")
    with pytest.raises(LayerError, match=r"routes.txt: the file is a link that leads out of the folder"):
        read_gtfs(town, "thu", tell=quiet)


@settings(deadline=None, max_examples=30)
@given(
    starts=st.lists(st.integers(0, 30 * 60 - 1), min_size=1, max_size=12),
    rides=st.lists(st.integers(1, 300), min_size=1, max_size=4),
)
def test_every_vehicle_is_counted_once_whatever_the_hour(tmp_path_factory, starts, rides):
    """On a day in the midst of days alike, as many leave each stop as there are trips, also past midnight."""
    stop_ids = list("ABCDE")[: len(rides) + 1]
    rows, trips = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"], ["route_id,service_id,trip_id"]
    for number, start in enumerate(starts):
        trips.append(f"R1,ALL,{number}")
        for place, stop in enumerate(stop_ids):
            minute = start + sum(rides[:place])
            at = f"{minute // 60}:{minute % 60:02d}:00"
            rows.append(f"{number},{at},{at},{stop},{place}")
    days = "service_id,date,exception_type\n" + "".join(f"ALL,202401{day:02d},1\n" for day in range(1, 12))
    extra = "R2,SOME,other"
    dates = days + "SOME,20240110,1\n"
    folder = write_folder(
        tmp_path_factory.mktemp("feed"),
        stop_times="\n".join(rows),
        trips="\n".join([*trips, extra]),
        calendar=None,
        calendar_dates=dates,
        frequencies=None,
    )
    feed = read_gtfs(folder, "wed", tell=quiet)
    assert feed.date == "2024-01-10"
    total = stop_departures(feed).sum(axis=1)
    assert total.tolist() == [float(len(starts))] * len(rides) + [0.0] * (5 - len(rides))


def test_metres_along_a_sphere_known_answers():
    # A quarter of the equator and the way from there to the pole are a quarter of the circumference each.
    quarter = np.pi / 2.0 * 6_371_008.8
    assert sphere_metres(np.array([0.0, 90.0, 90.0]), np.array([0.0, 0.0, 90.0])) == pytest.approx([quarter, quarter])


@needs_data
def test_a_city_of_buses_and_a_railway():
    notes: list[str] = []
    bus = read_gtfs(ROOT / "poa_eptc.zip", "wed", tell=notes.append)
    rail = read_gtfs(ROOT / "poa_trensurb.zip", "wed", tell=notes.append)
    assert (len(bus.stop_ids), len(rail.stop_ids)) == (3_986, 24)
    assert any("2,374 trips run" in note for note in notes)
    # The excerpt of the bus feed holds trips from 11:20 to 17:50.
    buses = stop_departures(bus)
    assert buses[:, :22].sum() == 0.0
    assert (buses[:, 25:33].sum(axis=0) > 1_000.0).all()
    trains = stop_departures(rail)
    assert trains[:, 16].sum() > 20.0 * max(trains[:, 6].sum(), 1.0)
    assert np.median(headways(rail)[:, 16][trains[:, 16] > 0.0]) < 10.0
    with pytest.raises(LayerError, match=r"no trip runs on a sunday \(trips run on: mon, tue, wed, thu, fri\)"):
        read_gtfs(ROOT / "poa_eptc.zip", "sun", tell=quiet)
