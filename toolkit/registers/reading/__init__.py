"""From what people type into one cell to a typed value, or to what is wrong with it."""
