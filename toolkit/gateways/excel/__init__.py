"""Excel workbooks that belong to other people: read, patched without loss, never re-made."""
