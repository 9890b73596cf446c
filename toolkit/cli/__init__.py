"""The door: words typed in, exit code out. Commands import their work inside the function (start-up, 60, 36)."""
