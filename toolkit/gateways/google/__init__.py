"""Google spreadsheets: whose account, at which pace, over which wire, and what went wrong in words."""
