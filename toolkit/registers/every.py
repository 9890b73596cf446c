"""The one list of registers. A new register is a file of its own and a line here (and its labels)."""

from __future__ import annotations

from toolkit.registers.schema import Register
from toolkit.registers.settings_tabs import HOLIDAYS, MESSAGES, OPT_OUT
from toolkit.registers.staff import STAFF
from toolkit.registers.surveys import SURVEYS
from toolkit.registers.tickets import TICKETS
from toolkit.registers.vendors import VENDORS

REGISTERS: tuple[Register, ...] = (TICKETS, VENDORS, SURVEYS, STAFF, HOLIDAYS, OPT_OUT, MESSAGES)
