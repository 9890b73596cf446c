"""Files of other systems through the door: taken over once, shown before, given away and taken back the same."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from tests.sheets_server import SheetsServer
from tests.system.desks import CAN_FORK, NOW, Desk, demo, quickly
from tests.system.google_desks import on_google

SHOP = """订单编号;收货人;手机;品名;实付;下单;承诺;状态;备注
1001;张三;138 0013 8000;三人沙发;"3,299.00";03/11/2026;05/12/2026;已发货;=1+1
1002;李四;1.38E+10;餐椅;1200;04/11/2026;08/12/2026;待发货;
1003;王五;13900139000;茶几;800;04/11/2026;08/12/2026;待发货;
"""
IMPORTS = """
imports:
  shop:
    register: orders
    columns: {order_no: 订单编号, customer: 收货人, phone: 手机, product: 品名, amount: 实付, ordered_on: 下单,
              promised_by: 承诺, status: 状态, notes: 备注}
    values: {status: {已发货: shipped, 待发货: reviewed}}
    constants: {store: Web shop}
    dates: dmy
"""


@pytest.fixture
def desk(tmp_path):
    """A demo desk that knows the shop's file."""
    found = demo(tmp_path)
    config = found.folder / "config.yaml"
    config.write_text(config.read_text("utf-8") + IMPORTS, "utf-8")
    (found.folder / "shop.csv").write_bytes(SHOP.encode("gb18030"))
    return found


def new_orders(desk):
    return [one for one in desk.rows("orders") if str(one["order_no"]).startswith("10")]


def counts(told):
    return tuple(told[name] for name in ("rows", "new", "written", "equal", "left_out"))


def test_a_file_is_shown_taken_over_and_the_second_time_adds_nothing(desk):
    before = desk.tree("workbooks", "state")
    dry = desk("import", "shop.csv", "--as", "shop", "--dry-run", "--json", now=NOW)
    assert (dry.code, counts(dry.json)) == (1, (3, 2, 0, 0, 1))
    assert desk.tree("workbooks") == {name: one for name, one in before.items() if name.startswith("workbooks")}
    done = desk("import", "shop.csv", "--as", "shop", "--json", now=NOW)
    assert (done.code, counts(done.json)) == (1, (3, 2, 2, 0, 1))
    found = [
        {key: one[key] for key in ("order_no", "customer", "phone", "notes", "status", "store")}
        for one in new_orders(desk)
    ]
    assert found == [
        {"order_no": "1001", "customer": "张三", "phone": "13800138000", "notes": "=1+1", "status": "Shipped", "store": "Web shop"},
        {"order_no": "1003", "customer": "王五", "phone": "13900139000", "notes": None, "status": "Reviewed", "store": "Web shop"},
    ]  # fmt: skip
    first = new_orders(desk)[0]
    assert (first["amount"], first["ordered_on"], first["check"]) == (3299, date(2026, 11, 3), None)
    again = desk("import", "shop.csv", "--as", "shop", "--json", now=NOW)
    assert (again.code, counts(again.json), again.json["differ"]) == (1, (3, 0, 0, 2, 1), [])
    assert len(list((desk.folder / "workbooks" / ".backups").glob("*"))) == 1


def test_what_a_person_sees_of_an_import(desk):
    shown = desk("import", "shop.csv", "--as", "shop", "--dry-run", now=NOW)
    lines = shown.out.splitlines()
    assert lines[0] == "shop.csv (gb18030 “;”) → Orders"
    assert "  Order no. ← 订单编号" in lines
    assert "shop.csv:3:C\tPhone\tnot-a-phone\t" in shown.out
    assert [one for one in lines if one.startswith(("rows in", "new", "left out"))] == [
        "rows in the file\t3",
        "new\t2",
        "left out\t1",
    ]
    assert "13800138000" not in shown.out + shown.err


def test_a_row_that_stands_there_with_other_values_is_told_by_cell_and_stays(desk):
    desk("import", "shop.csv", "--as", "shop", "-q", now=NOW)
    (desk.folder / "shop.csv").write_bytes(SHOP.replace("茶几", "边几").replace("待发货", "已发货").encode())
    done = desk("import", "shop.csv", "--as", "shop", "--json", now=NOW)
    assert [(one["place"], one["key"], one["column"], one["sheet"], one["file"]) for one in done.json["differ"]] == [
        ("shop.csv:4:D", "1003#1", "product", "茶几", "边几"),
        ("shop.csv:4:H", "1003#1", "status", "reviewed", "shipped"),
    ]
    assert counts(done.json) == (3, 0, 0, 1, 1)
    assert [one["product"] for one in new_orders(desk)] == ["三人沙发", "茶几"]


def test_rows_with_faults_come_only_when_asked_for_and_the_next_run_says_what_is_wrong(desk):
    done = desk("import", "shop.csv", "--as", "shop", "--with-faults", "--json", now=NOW)
    assert (done.code, counts(done.json)) == (0, (3, 3, 3, 0, 0))
    assert [one["phone"] for one in new_orders(desk)] == ["13800138000", "1.38E+10", "13900139000"]
    desk.run()
    assert "1.38E+10" in new_orders(desk)[1]["check"]


def test_the_next_run_numbers_imported_tickets_and_a_further_import_still_knows_them(desk):
    header = "opened_at,kind,customer,phone,problem,status,level"
    rows = ["2026-11-23 10:00,repair,Ada,13800138111,Door hangs,new,3"] * 2
    (desk.folder / "old.csv").write_text("\n".join([header, *rows]), "utf-8")
    first = desk("import", "old.csv", "--register", "tickets", "--json", now=NOW)
    assert (first.code, counts(first.json)) == (0, (2, 2, 2, 0, 0))
    desk.run()
    numbers = [one["ticket_no"] for one in desk.rows() if one["customer"] == "Ada"]
    assert len(set(numbers)) == 2
    assert all(one.startswith("AS-20261123-") for one in numbers)
    again = desk("import", "old.csv", "--register", "tickets", "--json", now=NOW)
    assert counts(again.json) == (2, 0, 0, 2, 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            (),
            "Which register do the rows belong to? Name it with --register, or --as; `imports` in config.yaml has shop",
        ),
        (("--as", "shpo"), "`imports` in config.yaml has no “shpo”; do you mean shop?"),
        (("--register", "ordres"), "The desk has no register “ordres”; do you mean orders?"),
        (("--register", "messages"), "messages is the toolkit's own"),
        (("--register", "vendors", "--as", "shop"), "“shop” in config.yaml is for orders, not for vendors"),
        (
            ("--register", "orders"),
            "shop.csv has no column for promised_by (Promised by), which every row needs: --map promised_by=HEADER",
        ),
        (("--as", "shop", "--map", "customer=收货"), "shop.csv has no column “收货”; do you mean “收货人”?"),
        (("--as", "shop", "--map", "check=备注"), "orders has no column “check” (the toolkit writes it)"),
        (("--as", "shop", "--map", "none.yaml"), "There is no file none.yaml"),
        (("--as", "shop", "--map", "bad.yaml"), "bad.yaml:2: columns.adress: unknown key"),
        (("--as", "shop", "--encoding", "utf-8"), "shop.csv: line 1 cannot be read as utf-8"),
        (("--as", "shop", "--book", "other"), "There is no book “other”"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(desk, words, says):
    (desk.folder / "bad.yaml").write_text("columns:\n  adress: 备注\nvalues: {status: {x: gone}}\n", "utf-8")
    before = desk.tree("workbooks")
    done = desk("import", "shop.csv", *words, now=NOW)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert desk.tree("workbooks") == before


def test_mistakes_in_a_map_and_in_the_configuration_are_told_all_at_once_with_their_lines(desk):
    (desk.folder / "bad.yaml").write_text(
        "columns: {store: 品名}\nconstants: {store: x, status: gone}\ndates: ymd\n", "utf-8"
    )
    err = desk("import", "shop.csv", "--as", "shop", "--map", "bad.yaml", now=NOW).err
    assert [line.split(";")[0] for line in err.splitlines()] == [
        'bad.yaml:2: constants.status: found "gone"',
        "bad.yaml:2: constants.store: a column comes from the file or is a constant, not both",
        'bad.yaml:3: dates: found "ymd"',
    ]
    desk.configure("    register: orders\n", "    register: orders\n    key: [ordr_no, at_risk]\n")
    assert [line.split(";")[0].partition(": ")[2] for line in desk("check", now=NOW).err.splitlines()] == [
        'imports.shop.key.1: found "ordr_no"',
        'imports.shop.key.2: found "at_risk"',
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "订单编号;收货人;手机;品名;实付;下单;承诺;状态;备注\n"])
def test_an_empty_file_is_refused_and_one_of_a_header_alone_adds_nothing(desk, content):
    (desk.folder / "shop.csv").write_text(content, "utf-8")
    done = desk("import", "shop.csv", "--as", "shop", "--json", now=NOW)
    if content.strip():
        assert (done.code, counts(done.json)) == (0, (0, 0, 0, 0, 0))
    else:
        assert (done.code, done.err) == (2, "shop.csv is empty\n")


def test_a_text_that_no_cell_holds_keeps_out_its_own_row_alone(desk):
    (desk.folder / "shop.csv").write_text(
        SHOP.replace("茶几", "长" * 40_000).replace("1.38E+10", "13700137000"), "utf-8"
    )
    done = desk("import", "shop.csv", "--as", "shop", "--with-faults", "--json", now=NOW)
    assert (done.code, counts(done.json)) == (1, (3, 2, 2, 0, 1))
    told = [(one["code"], one["place"], one["value"]) for one in done.json["findings"] if one["code"] == "too-long"]
    assert told == [("too-long", "shop.csv:4:D", "长" * 40)]


def test_a_book_that_is_open_gets_nothing_and_the_next_import_catches_up(desk):
    lock = desk.workbook.with_name(f"~${desk.workbook.name}")
    lock.write_bytes(b"\x03Ann" + b" " * 50)
    done = desk("import", "shop.csv", "--as", "shop", "--json", now=NOW)
    assert (done.code, done.json["written"], "is open since" in done.err) == (3, 0, True)
    lock.unlink()
    assert desk("import", "shop.csv", "--as", "shop", "--json", now=NOW).json["written"] == 2


@pytest.mark.skipif(not CAN_FORK, reason="kill -9 is of POSIX systems")
def test_an_import_that_was_killed_adds_each_row_once_when_it_is_repeated(desk, tmp_path):
    target = "toolkit.gateways.excel.book:ExcelBook._swap"
    for after in (False, True):
        where = tmp_path / f"killed-{after}"
        shutil.copytree(desk.folder, where)
        one = Desk(where, desk.locale)
        hook = ("kill_around", {"target": target, "after": after})
        killed = one("import", "shop.csv", "--as", "shop", "-q", now=NOW, hooks=[hook])
        assert killed.code < 0
        assert len(new_orders(one)) == (2 if after else 0)
        assert one("import", "shop.csv", "--as", "shop", "-q", now=NOW).code == 1
        assert [row["order_no"] for row in new_orders(one)] == ["1001", "1003"]


def test_a_workbook_that_staff_save_meanwhile_is_compared_anew(desk):
    (desk.folder / "shop.csv").write_bytes(SHOP.replace("1001;", "1001 1;").encode())  # the hook types a 1 behind
    letters = desk.letters_of("orders")
    row = len(desk.rows("orders")) + 2
    cells = {f"{letters['order_no']}{row}": "1001", f"{letters['customer']}{row}": "张三"}
    hook = ("edit_before_write", {"workbook": str(desk.workbook), "sheet": desk.tab("orders"), "cells": cells})
    done = desk("import", "shop.csv", "--as", "shop", "--json", now=NOW, hooks=[hook])
    assert (done.json["written"], sorted({one["key"] for one in done.json["differ"]})) == (1, ["1001 1#1"])
    assert [one["order_no"] for one in new_orders(desk)] == ["1001 1", "1003"]


def test_rows_reach_a_google_sheet_once(desk):
    with SheetsServer(port=0) as server:
        google = on_google(desk, server)
        for written in (2, 0):
            done = google("import", "shop.csv", "--as", "shop", "--json", now=NOW)
            assert (done.code, done.json["written"]) == (1, written), done.err
        assert [(one["order_no"], one["notes"]) for one in new_orders(google)] == [("1001", "=1+1"), ("1003", None)]


def test_a_sheet_of_a_workbook_is_taken_over_by_its_title(desk):
    book = Workbook()
    book.active.append(["notes of mine"])
    sheet = book.create_sheet(desk.tab("orders"))
    sheet.append(["Order number", "Customer", "Phone", "Ordered on", "Promised by", "Status"])
    sheet.append([1009, "Ann", 13800138000, datetime(2026, 11, 3), datetime(2026, 12, 5), "Reviewed"])
    book.save(desk.folder / "orders.xlsx")
    done = desk("import", "orders.xlsx", "--register", "Orders", "--json", now=NOW)
    assert (done.code, done.json["kind"], counts(done.json)) == (0, desk.tab("orders"), (1, 1, 1, 0, 0)), done.err
    assert [(one["order_no"], one["phone"]) for one in new_orders(desk)] == [("1009", "13800138000")]


# -- giving away ----------------------------------------------------------------------------------------------------

ORDER = ("staff", "vendors", "orders", "tickets", "surveys", "returns", "parts", "contacts", "outlook", "holidays")


def typed(desk, folder, *words):
    """What staff typed, as an export gives it by keys."""
    assert desk("export", *ORDER, "--to", folder, "--keys", "-q", *words, now=NOW).code == 0
    columns = quickly("registers", "--json", cwd=desk.folder).json
    found = {}
    for name in ORDER:
        with (desk.folder / folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            own = [one["key"] for one in columns[name]["columns"] if one["written_by"] != "toolkit"]
            found[name] = [{key: row[key] for key in own if key in row} for row in csv.DictReader(file)]
    return found


@pytest.mark.parametrize("form", ["csv", "keys", "xlsx"])
def test_what_is_exported_comes_back_the_same_on_an_empty_desk(tmp_path, form):
    full = demo(tmp_path, ran_at=NOW)
    empty = tmp_path / "empty"
    assert quickly("init", empty, "--locale", "en", cwd=tmp_path).code == 0
    there = Desk(empty, "en")
    words = {"csv": ("out",), "keys": ("out", "--keys"), "xlsx": ("out.xlsx",)}[form]
    assert full("export", "--to", *words, "-q", now=NOW).code == 0
    for name in ORDER:
        file = full.folder / (f"out/{name}.csv" if form != "xlsx" else "out.xlsx")
        done = there("import", file, "--register", name, "--with-faults", "--json", now=NOW)
        assert (done.code, counts(done.json)[3:]) == (int(name == "tickets"), (0, 2 if name == "tickets" else 0)), (
            done.err
        )
        again = there("import", file, "--register", name, "--with-faults", "--json", now=NOW)
        assert (again.json["new"], again.json["differ"]) == (0, [])
    wanted, got = typed(full, "all"), typed(there, "all")
    twice = [row["ticket_no"] for row in wanted["tickets"]]
    wanted["tickets"] = [row for row in wanted["tickets"] if twice.count(row["ticket_no"]) == 1 or not row["ticket_no"]]
    assert got == wanted


def test_json_has_typed_values_and_a_masked_export_names_no_customer(tmp_path):
    desk = demo(tmp_path)
    customer = next(one for one in desk.rows() if one["vendor_fee"] and one["photos"] and one["phone"])
    assert desk("export", "tickets", "--to", "t.json", "--keys", "-q", now=NOW).code == 0
    rows = json.loads((desk.folder / "t.json").read_text("utf-8"))["tickets"]
    row = next(one for one in rows if one["ticket_no"] == customer["ticket_no"])
    assert (row["opened_at"], row["kind"], row["phone"]) == (
        customer["opened_at"].isoformat(),
        "repair",
        customer["phone"],
    )
    assert isinstance(row["photos"], list)
    assert row["vendor_fee"] == f"{customer['vendor_fee']:.2f}"
    assert desk("export", "--to", "all.json", "--masked", "-q", now=NOW).code == 0
    text = (desk.folder / "all.json").read_text("utf-8")
    for secret in ("phone", "email", "address", "customer"):
        everyone = {str(one[secret]) for one in desk.rows() if one[secret] and len(str(one[secret])) > 8}
        assert everyone
        assert [one for one in everyone if f'"{one}"' in text] == []


def test_open_rows_and_rows_of_some_days(tmp_path):
    desk = demo(tmp_path)
    desk("export", "tickets", "--to", "open.json", "--open", "--keys", "-q", now=NOW)
    statuses = {one["status"] for one in json.loads((desk.folder / "open.json").read_text("utf-8"))["tickets"]}
    assert statuses.isdisjoint({"closed", "cancelled", "merged", "out_of_scope"})
    assert "new" in statuses
    done = desk(
        "export", "--to", "days.json", "--since", "2026-11-20", "--until", "2026-11-22", "--keys", "--json", now=NOW
    )
    tables = json.loads((desk.folder / "days.json").read_text("utf-8"))
    assert [(one["register"], one["rows"]) for one in done.json["files"]] == [
        (name, len(rows)) for name, rows in tables.items()
    ]
    days = {one["opened_at"][:10] for one in tables["tickets"]}
    assert days <= {"2026-11-20", "2026-11-21", "2026-11-22"}
    assert days
    assert "vendors" not in tables


def test_a_cell_that_looks_like_a_formula_is_text_in_every_kind_of_file(desk):
    desk("import", "shop.csv", "--as", "shop", "-q", now=NOW)
    for to in ("o.csv", "o.xlsx", "o.json"):
        assert desk("export", "orders", "--to", to, "--keys", "-q", now=NOW).code == 0
    text = (desk.folder / "o.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbforder_no,")
    assert b",'=1+1," in text
    sheet = load_workbook(desk.folder / "o.xlsx")["orders"]
    assert [(cell.value, cell.data_type) for row in sheet for cell in row if cell.value == "=1+1"] == [("=1+1", "s")]
    assert '"notes": "=1+1"' in (desk.folder / "o.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "o.csv"), "A CSV file holds one register, and there are tickets, vendors"),
        (("ordres", "--to", "o.csv"), "do you mean orders?"),
        (("vendors", "--open", "--to", "o.csv"), "The rows of vendors are not open or over"),
        (("vendors", "--since", "2026-11-01", "--to", "o.csv"), "The rows of vendors are not of a day"),
        (("orders", "--since", "yesterday", "--to", "o.csv"), "--since: “yesterday” is not a day"),
        (("orders", "--to", "workbooks/aftersales.xlsx"), "is a workbook of the desk, and is never overwritten"),
        (("orders", "--to", "config.yaml"), "is neither a folder nor a .csv, .xlsx or .json file"),
    ],
)
def test_an_export_that_cannot_be_meant_writes_nothing(desk, words, says):
    before = desk.tree(".")
    done = desk("export", *words, now=NOW)
    assert (done.code, says in done.err) == (2, True), done.err
    assert set(desk.tree(".")) - set(before) <= {"state/toolkit.db", "state/toolkit.db-shm", "state/toolkit.db-wal"}
