"""Cities and districts compare as people mean them, however they are written."""

from __future__ import annotations

import pytest

from toolkit.registers.places import City, cities_of, city_of, district_of, lies_in


@pytest.mark.parametrize(
    ("text", "city", "rest"),
    [
        ("上海", "上海", ""),
        ("上海市", "上海", ""),
        (" 上 海 市 ", "上海", ""),
        ("重慶市", "重庆", ""),
        ("江苏省苏州市", "苏州", ""),
        ("吉林省吉林市", "吉林", ""),
        ("内蒙古自治区呼和浩特市", "呼和浩特", ""),
        ("上海市浦东新区", "上海", "浦东新区"),
        ("Shanghai", "shanghai", ""),
        ("SHANGHAI ", "shanghai", ""),
        ("", "", ""),
    ],
)
def test_a_city_is_compared_without_province_and_ending(text, city, rest):
    assert city_of(text) == City(city, rest)


def test_a_vendor_may_serve_several_cities():
    assert cities_of("上海、苏州市/杭州") == ("上海", "苏州", "杭州")
    assert cities_of("Shanghai; Suzhou") == ("shanghai", "suzhou")


@pytest.mark.parametrize(
    ("address", "district", "expected"),
    [
        ("浦东新区金桥路 1088 号", "浦東", True),
        ("上海市浦东金桥路", "浦东新区", True),
        ("北京市朝阳区望京街", "朝阳", True),
        ("海淀区朝阳路 1 号", "朝阳区", False),  # the street is named after another district
        ("1088 Jinqiao Road, Pudong", "Pudong District", True),
        ("", "朝阳", False),
    ],
)
def test_an_address_lies_in_the_district_that_it_spells_out(address, district, expected):
    assert lies_in(address, district_of(district)) is expected
