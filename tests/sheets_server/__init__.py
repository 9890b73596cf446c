"""A Google Sheets of our own: stateful, over HTTP, with a clock, quotas, faults and busy colleagues."""

from tests.sheets_server.clock import Clock
from tests.sheets_server.faults import Fault
from tests.sheets_server.server import SheetsServer
from tests.sheets_server.service import Call
from tests.sheets_server.staff import Tab, Workbook

__all__ = ["Call", "Clock", "Fault", "SheetsServer", "Tab", "Workbook"]
