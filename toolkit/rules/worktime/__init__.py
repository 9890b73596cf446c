"""Working time: durations, opening hours, holidays, the calendar that counts them, and the walk that explains it."""
