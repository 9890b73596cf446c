"""The parts of the returns job."""
