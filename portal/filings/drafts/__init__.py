"""A filing on its way: begun, kept sealed under a resume code, sent or forgotten. It has no pages of its own."""
