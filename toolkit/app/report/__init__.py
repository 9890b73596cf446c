"""The monthly report to look at: which month, and as text, a page, a workbook or JSON."""
