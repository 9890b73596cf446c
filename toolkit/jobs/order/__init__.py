"""The parts of the orders job."""
