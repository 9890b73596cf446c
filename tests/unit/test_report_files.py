"""The report as text, page, workbook and JSON: the same figures, each whole."""

from __future__ import annotations

import html
import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tests.month_report import CREW, FIGURES, FORMULA, OCTOBER, UNREAD, report_of, settings_of, wording_of
from toolkit.app.report.data import as_data
from toolkit.app.report.files import ENDINGS, Paper, fit_target, write
from toolkit.app.report.text import as_text, wrapped
from toolkit.core.errors import UsageError
from toolkit.core.sheets import Contents, Sheet, SheetColumn, Workbook
from toolkit.gateways.excel.sheets import drawn, tab_names
from toolkit.jobs.figures.shape import Figures, Line, Table
from toolkit.jobs.figures.sheets import workbook


def paper(locale="en", figures=FIGURES):
    settings = settings_of(locale)
    at = datetime(2026, 10, 31, 9, tzinfo=settings.timezone)
    return Paper(report_of(locale, figures), wording_of(locale), settings, at)


# Text

ENGLISH = """\
After-sales report, October 2026
Changes are against September 2026.
October 2026 is not over: what stands here goes on changing.
“Orders” (main) could not be read: what it would have counted is missing here.

Vendors
Jobs finished in the month.
  Vendor                                  Jobs  Change  On time       Change  Median time       Change   Rating  Change
  -------------------------------------  -----  ------  -------  -----------  -----------  -----------  -------  ------
  =HYPERLINK("http://evil.example","x")  1,234     +34    93.3%  −1.7 points      2 d 3 h  −1 h 40 min      4.5      ±0
  not given                                  0      −3  no data                   no data               no data

  Vendor                                         Open         Change   Weight  Change  Last
  -------------------------------------  ------------  -------------  -------  ------  ----------
  =HYPERLINK("http://evil.example","x")  CN¥12,345.50  +CN¥12,345.50     1.25   −0.25  2026-10-30
  not given                                 -CN¥20.05      −CN¥40.05  no data
  ! =HYPERLINK("http://evil.example","x"): 3 working days
  ! =HYPERLINK("http://evil.example","x"): 1 working day

Causes and remedies
The remedy as staff wrote it down.
  Cause             Jobs  Remedy
  ----------------  ----  -------------
  Transport damage     2  Corner guards
  not given            1

Returns
Returns asked for in the month.
  Nothing to tell this month.
"""
CHINESE = """\
售后月报 2026年10月
增减均与2026年9月相比。
2026年10月尚未结束，数字还会变动。
“订单跟踪”（main）读不到，相关数字缺失。

服务商
本月完工的工单。
  服务商                                  单数  增减  按时率          增减  中位用时          增减    评分  增减
  -------------------------------------  -----  ----  ------  ------------  --------  ------------  ------  ----
  =HYPERLINK("http://evil.example","x")  1,234   +34   93.3%  −1.7个百分点  2天3小时  −1小时40分钟     4.5    ±0
  未填写                                     0    −3  无数据                  无数据                无数据

  服务商                                   未结金额         增减    权重   增减  最近一次
  -------------------------------------  ----------  -----------  ------  -----  ----------
  =HYPERLINK("http://evil.example","x")  ¥12,345.50  +¥12,345.50    1.25  −0.25  2026-10-30
  未填写                                    -¥20.05      −¥40.05  无数据
  ! =HYPERLINK("http://evil.example","x"): 3 个工作日
  ! =HYPERLINK("http://evil.example","x"): 1 个工作日

原因与措施
写在工单里的措施。
  原因      单数  措施
  --------  ----  -------------
  运输损坏     2  Corner guards
  未填写       1

退货
本月申请的退货。
  本月没有内容。
"""


@pytest.mark.parametrize(("locale", "text"), [("en", ENGLISH), ("zh-CN", CHINESE)])
def test_report_as_text_stands_under_each_other_in_both_languages(locale, text):
    assert as_text(report_of(locale), wording_of(locale)) == text


def test_report_a_name_with_line_breaks_or_of_wide_characters_moves_no_column():
    figures = Figures(OCTOBER, (Table("crew", ("vendor",), CREW.columns[:1], (
        Line(("桌\n椅",), (1,)), Line(("x\ty\u202e",), (23,)), Line(("",), (456,)),
    )),))  # fmt: skip
    assert as_text(report_of("en", figures), wording_of("en")).splitlines()[-5:] == [
        "  Vendor  Jobs",
        "  ------  ----",
        "  桌 椅      1",
        "  x y       23",
        "           456",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("word " * 30, ["word " * 23 + "word", "word " * 5 + "word"]),
        ("x" * 250, ["x" * 120, "x" * 120, "x" * 10]),
        ("一" * 70, ["一" * 60, "一" * 10]),
        (f"short {'一' * 70} end", [f"short {'一' * 57}", f"{'一' * 13} end"]),
    ],
)
def test_report_prose_is_wrapped_at_the_width_of_the_tables(text, lines):
    assert list(wrapped(text)) == lines


# The workbook


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_report_as_a_workbook_holds_real_numbers_beside_those_of_the_month_before():
    book = load_workbook(io.BytesIO(ENDINGS[".xlsx"](paper())))
    assert book.sheetnames == ["Contents", "Vendors", "Causes and remedies", "Returns"]
    assert cells(book["Contents"]) == [
        ["After-sales report, October 2026", None, None],
        ["Changes are against September 2026.", None, None],
        ["October 2026 is not over: what stands here goes on changing.", None, None],
        ["“Orders” (main) could not be read: what it would have counted is missing here.", None, None],
        [None, None, None],
        ["Table", "What it counts", "Rows"],
        ["Vendors", "Jobs finished in the month.", 2],
        ["Causes and remedies", "The remedy as staff wrote it down.", 2],
        ["Returns", "Returns asked for in the month.", 0],
    ]
    assert [book["Contents"].cell(row, 1).hyperlink.location for row in (7, 8, 9)] == [
        "'Vendors'!A1", "'Causes and remedies'!A1", "'Returns'!A1",
    ]  # fmt: skip
    columns = ["Jobs", "On time", "Median time", "Rating", "Open", "Weight"]
    changes = {"On time": "\nchange, points", "Median time": "\nchange, hours"}
    heads = [part for one in columns for part in (one, f"{one}\nSeptember", one + changes.get(one, "\nchange"))]
    *above, first, second = cells(book["Vendors"])
    assert [row[0] for row in above[:3]] == ["Vendors", "Jobs finished in the month.", None]
    assert above[3] == ["Vendor", *heads, "Last", "Remarks"]
    change_of_share = pytest.approx((14 / 15 - 0.95) * 100)
    assert first == [
        FORMULA, 1234, 1200, 34, pytest.approx(14 / 15), 0.95, change_of_share,
        timedelta(hours=51, minutes=20), timedelta(hours=53), pytest.approx(-100 / 60), 4.5, 4.5, 0, 12345.5, 0, 12345.5,
        1.25, 1.5, -0.25, datetime(2026, 10, 30), "3 working days\n1 working day",
    ]  # fmt: skip
    assert second == [
        "not given", 0, 3, -3, "no data", 0.5, None, "no data", "no data", None, "no data", 1, None,
        -20.05, 20, -40.05, "no data", 2, None, None, None,
    ]  # fmt: skip
    assert cells(book["Causes and remedies"])[3:] == [
        ["Cause", "Jobs", "Remedy"], ["Transport damage", 2, "Corner guards"], ["not given", 1, None],
    ]  # fmt: skip
    assert cells(book["Returns"])[3:] == [["Cause", "Jobs"], ["Nothing to tell this month.", None]]


def test_report_as_a_workbook_is_formatted_frozen_filtered_and_set_up_for_print():
    sheet = load_workbook(io.BytesIO(ENDINGS[".xlsx"](paper("zh-CN"))))["服务商"]
    formats = {cell.value: below.number_format for cell, below in zip(sheet[4], sheet[5], strict=True)}
    assert formats == {
        "服务商": "General",
        "单数": "#,##0", "单数\n9月": "#,##0", "单数\n增减": "+#,##0;-#,##0;0",
        "按时率": "0.0%", "按时率\n9月": "0.0%", "按时率\n增减（百分点）": "+0.0;-0.0;0.0",
        "中位用时": "[h]:mm", "中位用时\n9月": "[h]:mm", "中位用时\n增减（小时）": "+0.0;-0.0;0.0",
        "评分": "0.0", "评分\n9月": "0.0", "评分\n增减": "+0.0;-0.0;0.0",
        "未结金额": '"¥"#,##0.00', "未结金额\n9月": '"¥"#,##0.00', "未结金额\n增减": '+"¥"#,##0.00;-"¥"#,##0.00;"¥"0.00',
        "权重": "#,##0.0#", "权重\n9月": "#,##0.0#", "权重\n增减": "+#,##0.0#;-#,##0.0#;0.0",
        "最近一次": "yyyy-mm-dd", "备注": "General",
    }  # fmt: skip
    assert sheet.cell(5, 1).data_type == "s"  # a formula in a name stays a name
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B5", "A4:U6")
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$4:$4", "$A:$A")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
        2, 0, True,
    )  # fmt: skip
    assert sheet.column_dimensions["A"].width > 2 * sheet.column_dimensions["B"].width


def test_report_columns_are_wide_enough_for_chinese():
    line = Line(("三人位布艺沙发带储物功能",), (1,))
    figures = Figures(OCTOBER, (Table("crew", ("vendor",), CREW.columns[:1], (line,)),))
    sheet = load_workbook(io.BytesIO(ENDINGS[".xlsx"](paper("zh-CN", figures))))["服务商"]
    assert sheet.column_dimensions["A"].width >= 24


def test_report_the_same_figures_are_the_same_file():
    """A letter that waits is compared with the plan: another date in the file would make it a new letter each run."""
    first = ENDINGS[".xlsx"](paper())
    assert first == ENDINGS[".xlsx"](paper())
    assert {one.date_time for one in ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"2000-01-01" in ZipFile(io.BytesIO(first)).read("docProps/core.xml")


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Vendors", "vendors", "VENDORS"], ["Vendors", "vendors 2", "VENDORS 3"]),
        (["a/b:c?d*e[f]g\\h"], ["a b c d e f g h"]),
        (["'quoted'", ""], ["quoted", "-"]),
        (["History"], ["History 2"]),
        (["月" * 40, "月" * 40], ["月" * 31, "月" * 29 + " 2"]),
        (["a\x00b\ud800"], ["ab"]),
    ],
)
def test_report_tabs_have_names_that_excel_takes_each_once(titles, names):
    assert list(tab_names(titles)) == names


def test_report_text_of_any_kind_stays_text_in_a_workbook():
    wild = [
        FORMULA,
        "+1",
        "-1",
        "@x",
        "http://evil.example",
        "\x00\x07bell",
        "\ud800",
        "_x0041_",
        "长" * 40_000,
        '&<>"',
    ]
    columns = (SheetColumn("=1+1", is_label=True),)
    sheet = Sheet("=x", "=y", columns, [[one] for one in wild], "")
    made = drawn(Workbook("x.xlsx", Contents("=c", "=t", ("=n",), ("a", "b", "c")), (sheet,), '"'))
    read = load_workbook(io.BytesIO(made))["=x"]
    assert [read.cell(row, 1).value for row in range(4, 15)] == [
        "=1+1", FORMULA, "+1", "-1", "@x", "http://evil.example", "bell", "", "_x0041_", "长" * 32_767, '&<>"',
    ]  # fmt: skip
    assert {cell.data_type for row in read.iter_rows() for cell in row if cell.value} == {"s"}
    assert b"<f>" not in ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet2.xml")


# The page


def lines(page):
    body = page.partition("<body>")[2]
    texts = (html.unescape(re.sub(r"<[^>]+>", " ", part)) for part in re.split(r"</(?:tr|h1|h2|p|header)>", body))
    return [shown for text in texts if (shown := " ".join(text.split()))]


def test_report_as_a_page_says_the_same_and_a_name_stays_text():
    page = ENDINGS[".html"](paper()).decode()
    assert lines(page) == [
        "Cloudrest October 2026",
        "After-sales report, October 2026",
        "Changes are against September 2026.",
        "October 2026 is not over: what stands here goes on changing.",
        "“Orders” (main) could not be read: what it would have counted is missing here.",
        "Vendors",
        "Jobs finished in the month.",
        "Vendor Jobs On time Median time Rating Open Weight Last",
        (
            f"{FORMULA} 3 working days 1 working day 1,234 +34 93.3% −1.7 points 2 d 3 h −1 h 40 min 4.5 ±0 "
            "CN¥12,345.50 +CN¥12,345.50 1.25 −0.25 2026-10-30"
        ),
        "not given 0 −3 no data no data no data -CN¥20.05 −CN¥40.05 no data",
        "Causes and remedies",
        "The remedy as staff wrote it down.",
        "Cause Jobs Remedy",
        "Transport damage 2 Corner guards",
        "not given 1",
        "Returns",
        "Returns asked for in the month.",
        "Nothing to tell this month.",
    ]
    assert "size: A4 landscape" in page
    evil = Line(("<script>alert(1)</script>",), (1,))
    figures = Figures(OCTOBER, (Table("crew", ("vendor",), CREW.columns[:1], (evil,)),))
    assert "<script" not in ENDINGS[".html"](paper("en", figures)).decode()


# For machines


def test_report_for_machines_has_every_figure_in_full():
    data = as_data(report_of("en"), "CNY")
    crew, remedies, nothing = data.pop("tables")
    assert data == {
        "month": "2026-10",
        "before": "2026-09",
        "is_running": True,
        "currency": "CNY",
        "unread": [{"book": book, "register": register} for book, register in UNREAD],
    }
    assert crew["columns"] == [
        {"name": "jobs", "heading": "Jobs", "unit": "count"},
        {"name": "on_time", "heading": "On time", "unit": "share"},
        {"name": "median", "heading": "Median time", "unit": "span"},
        {"name": "rating", "heading": "Rating", "unit": "stars"},
        {"name": "open", "heading": "Open", "unit": "money"},
        {"name": "weight", "heading": "Weight", "unit": "number"},
        {"name": "last", "heading": "Last", "unit": "day"},
    ]
    assert crew["by"] == [{"name": "vendor", "heading": "Vendor"}]
    assert crew["lines"] == [
        {
            "keys": [FORMULA],
            "labels": [FORMULA],
            "values": [1234, 14 / 15, 184800.0, 4.5, "12345.50", 1.25, "2026-10-30"],
            "before": [1200, 0.95, 190800.0, 4.5, "0", 1.5, "2026-09-03"],
            "remarks": ["3 working days", "1 working day"],
        },
        {
            "keys": [None],
            "labels": ["not given"],
            "values": [0, None, None, None, "-20.05", None, None],
            "before": [3, 0.5, None, 1.0, "20", 2, "2026-09-03"],
            "remarks": [],
        },
    ]
    assert remedies["lines"][0] == {
        "keys": ["transport_damage"],
        "labels": ["Transport damage"],
        "values": [2, "Corner guards"],
        "before": None,
        "remarks": [],
    }
    assert (nothing["title"], nothing["about"], nothing["lines"]) == ("Returns", "Returns asked for in the month.", [])


# Files


@pytest.mark.parametrize("ending", [*ENDINGS, ".XLSX"])
def test_report_a_file_is_written_by_its_ending_and_may_be_written_again(tmp_path, ending):
    target = fit_target(settings_of("en"), tmp_path / f"october{ending}")
    for _ in range(2):
        write(target, paper())
    assert target.read_bytes() == ENDINGS[ending.lower()](paper())
    assert [one.name for one in tmp_path.iterdir()] == [f"october{ending}"]
    assert target.stat().st_mode & 0o111 == 0


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("report.pdf", "report.pdf: a report is written to a file that ends in .xlsx, .html, .htm, .txt, .json"),
        ("report", "report: a report is written to a file that ends in .xlsx, .html, .htm, .txt, .json"),
        ("gone/report.txt", "gone/report.txt: there is no folder gone"),
        ("folder.txt", "folder.txt is a folder"),
        (
            "workbooks/aftersales.xlsx",
            "workbooks/aftersales.xlsx is a workbook of the desk, and is never overwritten; choose another file",
        ),
    ],
)
def test_report_where_no_report_may_be_written_is_said_before_anything_is_counted(tmp_path, monkeypatch, to, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workbooks").mkdir()
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UsageError) as caught:
        fit_target(settings_of("en"), Path(to))
    assert str(caught.value) == told


def test_report_a_disk_that_refuses_is_the_users_to_mend_and_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "october.txt"
    target.write_text("of yesterday", "utf-8")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("toolkit.gateways.excel.atomic.Path.replace", refuse)
    with pytest.raises(UsageError, match=r"october\.txt cannot be written \(Permission denied\)"):
        write(target, paper())
    assert target.read_text("utf-8") == "of yesterday"
    assert [one.name for one in tmp_path.iterdir()] == ["october.txt"]


def test_report_days_of_the_workbook_are_days():
    book = workbook(report_of("en"), wording_of("en"))
    assert book.sheets[0].rows[0][-2] == date(2026, 10, 30)
    assert (book.file, book.symbol) == ("after-sales-report-2026-10.xlsx", "CN¥")
