from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.geo.aliases import ALIASES, canonical, is_id_name, rename, restore


def test_an_alias_means_one_thing():
    every = [alias.lower() for aliases in ALIASES.values() for alias in aliases]
    assert len(every) == len(set(every))
    assert not set(every) & set(ALIASES)
    assert len(every) >= 100


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("经度", "lon"), ("經度", "lon"), ("Lng", "lon"), ("LONGITUDE", "lon"), ("纬度", "lat"), ("名称", "name"),
        ("人口", "population"), ("品牌", "brand"), ("类型", "kind"), ("编号", "id"), ("代码", "id"), ("岗位", "jobs"),
        ("就業", "jobs"), (" 网点名称 ", "name"), ("people", None), ("code", None), ("type", None),
    ],
)  # fmt: skip
def test_known_names(name, wanted):
    assert canonical(name) == wanted


def test_the_first_of_two_aliases_wins_and_the_other_is_told():
    done = rename(["人口", "常住人口", "编号", "代码"])
    assert done.names == ("population", "常住人口", "id", "代码")
    assert done.changed == {"人口": "population", "编号": "id"}
    assert done.notes == (
        "columns renamed: 人口 -> population, 编号 -> id",
        "column '常住人口' keeps its name: there is a column 'population' already",
        "column '代码' keeps its name: there is a column 'id' already",
    )


names = st.sampled_from([*ALIASES, *(alias for aliases in ALIASES.values() for alias in aliases), "a", "b", "c"])


@given(columns=st.lists(names, unique=True))
def test_renaming_keeps_names_apart_and_is_done_once(columns):
    done = rename(columns)
    assert len(set(done.names)) == len(columns)
    assert rename(done.names).names == done.names
    assert [done.changed.get(column, column) for column in columns] == list(done.names)


@pytest.mark.parametrize(
    ("columns", "expected", "names"),
    [
        (["levels_imp"], [], ["levels_imputed"]),
        (["visits_per"], [], ["visits_per"]),
        (["visits_per"], ["visits_per_day"], ["visits_per_day"]),
        (["visits_per"], ["visits_per_day", "visits_per_year"], ["visits_per"]),
        (["levels_imp", "levels_imputed"], [], ["levels_imp", "levels_imputed"]),
        (["就业岗"], [], ["就业岗位"]),
    ],
)
def test_a_cut_name_is_restored_if_one_name_alone_fits(columns, expected, names):
    done = restore(columns, columns, expected)
    assert list(done.names) == names
    assert bool(done.changed) == (names != columns)


def test_names_of_codes():
    assert all(map(is_id_name, ("id", "ID", "zone_id", "post_code", "GEOID", "zip", "邮编", "网点编号", "行政区代码")))
    assert not any(map(is_id_name, ("paid", "idle", "people", "width", "人口", "code_length")))
