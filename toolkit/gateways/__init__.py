"""The only folder that touches files, nets, databases and the clock."""
