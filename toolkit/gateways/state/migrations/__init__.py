"""The schema's history, run in-process when a database is opened."""
