"""Labels match however they were typed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.registers.fold import closest, fold

SAME = [
    ("联系电话", "聯繫電話"),
    ("售后登记表", "售後登記表"),
    ("联系电话", " 联系电话 "),
    ("联系电话", "联系 电话"),
    ("联系电话", "联系\n电话"),
    ("联系电话", "联系电话*"),
    ("联系电话", "联系电话＊"),
    ("联系电话", "联系电话："),
    ("联系电话", "* 联系电话 *：".removeprefix("* ")),
    ("联系电话", "联系\u3000电话\u200b"),
    ("联系电话", "\ufeff联系电话"),
    ("联系电话", "联系电话\u00a0"),
    ("责任人/责任方", "責任人／責任方"),
    ("Ticket No", "ticket no"),
    ("Ticket No", "TICKET\r\nNO:"),
    ("Ticket No", "Ｔｉｃｋｅｔ　Ｎｏ"),
    ("PAID (CNY)", "paid（cny）"),
    ("干洗", "乾洗"),
    ("费用", "費用 :"),
    ("straße", "STRASSE"),
]


@pytest.mark.parametrize(("label", "typed"), SAME)
def test_one_label_however_it_was_typed(label, typed):
    assert fold(label) == fold(typed)


@pytest.mark.parametrize(("one", "other"), [("电话", "联系电话"), ("城市", "门店"), ("fee", "fees"), ("*", "a")])
def test_different_labels_stay_different(one, other):
    assert fold(one) != fold(other)


LABELS = ["联系电话", "客户姓名", "登记时间", "状态", "已完成", "进行中", "In progress", "Done", "Ticket no."]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("联系电活", "联系电话"),
        ("電話", "联系电话"),
        ("客户名", "客户姓名"),
        ("登记日期", "登记时间"),
        ("已完城", "已完成"),
        ("完成", "已完成"),
        ("in progres", "In progress"),
        ("ticketno", "Ticket no."),
        ("DONE!", "Done"),
        ("天气", None),
        ("zzz", None),
        ("", None),
    ],
)
def test_a_slip_is_answered_with_the_nearest_label(typed, meant):
    assert closest(typed, LABELS) == meant


def test_without_candidates_nothing_is_near():
    assert closest("电话", []) is None


@given(st.text(st.characters()) | st.text("後后乾干*：: \n＊ａＡaß\u3000联聯薴"))
def test_folding_never_crashes_and_is_stable(text):
    once = fold(text)
    assert fold(once) == once
    assert closest(text, [once]) == (once or None)


def test_simplified_labels_do_not_load_opencc():
    script = "import sys; from toolkit.registers.fold import fold; fold('售后登记表'); fold('Done*'); sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
