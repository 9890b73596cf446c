"""The parts of the call-backs job."""
