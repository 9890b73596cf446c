"""What every floor speaks: places, reasons, findings, actions, plans, errors. Standard library only."""
