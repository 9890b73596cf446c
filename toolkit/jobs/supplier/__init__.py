"""The parts of the suppliers job."""
