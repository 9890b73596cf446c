"""The one list of registers. A new register is a file of its own and a line here (and its labels)."""

from __future__ import annotations

from toolkit.registers.chores import CHORES
from toolkit.registers.contacts import CONTACTS
from toolkit.registers.contracts import CONTRACTS
from toolkit.registers.maintenance import MAINTENANCE
from toolkit.registers.orders import ORDERS
from toolkit.registers.outlook import OUTLOOK
from toolkit.registers.parts import PARTS
from toolkit.registers.policy_tabs import EXAMPLES, POLICIES
from toolkit.registers.returns import RETURNS
from toolkit.registers.schema import Register
from toolkit.registers.settings_tabs import HOLIDAYS, MESSAGES, OPT_OUT
from toolkit.registers.staff import STAFF
from toolkit.registers.stores import STORES
from toolkit.registers.suppliers import SUPPLIERS
from toolkit.registers.surveys import SURVEYS
from toolkit.registers.tickets import TICKETS
from toolkit.registers.vendors import VENDORS

REGISTERS: tuple[Register, ...] = (
    TICKETS,
    VENDORS,
    SURVEYS,
    ORDERS,
    RETURNS,
    PARTS,
    CONTACTS,
    CONTRACTS,
    MAINTENANCE,
    SUPPLIERS,
    STORES,
    STAFF,
    OUTLOOK,
    CHORES,
    HOLIDAYS,
    OPT_OUT,
    MESSAGES,
    POLICIES,
    EXAMPLES,
)
"""In the order of a new workbook's tabs."""
