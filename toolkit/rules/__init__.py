"""The rules of the trade: working time, deadlines, scoring, warranty, contact. Pure functions."""
