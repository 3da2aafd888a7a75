"""Dated numbers and lists of the procedure, each with its source and the day from which it holds."""
