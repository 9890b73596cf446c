"""The parts of the daily digest: what waits, for whom, and how a line of it reads."""
