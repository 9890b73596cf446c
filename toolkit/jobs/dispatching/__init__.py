"""The parts of sending somebody to a customer: one file a concern."""
