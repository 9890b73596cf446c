"""Tables that other systems give away, and those given to them: separated text and workbooks, read with suspicion."""
