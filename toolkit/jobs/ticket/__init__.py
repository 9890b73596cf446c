"""The parts of the tickets job: one file a concern."""
