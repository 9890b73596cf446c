"""The registers: what each column is called, holds and demands; raw cells in, typed rows and findings out. Pure."""
