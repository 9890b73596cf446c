"""A spreadsheet made ready: what shall stand in it, what stands there, and the requests that make up the difference."""
