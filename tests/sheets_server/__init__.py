"""A Google Sheets of our own: stateful, over HTTP, with a clock, quotas, faults and busy colleagues.

    with SheetsServer(quota=(60, 60)) as server:
        book = server.create("Desk", time_zone="Asia/Shanghai", locale="zh_CN")
        tab = book.add_tab("登记", rows=1000, columns=86).fill([["单号", "状态"], ["T-1", "open"]])
        server.before(3, lambda server: tab.sort("A"))          # a colleague, just before the third request
        server.faults.on("values.batchUpdate", Fault.APPLIED_THEN_UNAVAILABLE)
        ...                                                     # the toolkit, pointed at server.url
        assert [call.kind for call in server.log] == [...]

By one command: `python -m tests.sheets_server --port 8020` (page at /, control at /_control/, see control.py).
Checked by `python -m tests.sheets_server.replay FOLDER` against recordings of the real service.
"""

from tests.sheets_server.clock import Clock
from tests.sheets_server.faults import Fault
from tests.sheets_server.server import SheetsServer
from tests.sheets_server.service import Call
from tests.sheets_server.staff import Tab, Workbook

__all__ = ["Call", "Clock", "Fault", "SheetsServer", "Tab", "Workbook"]
