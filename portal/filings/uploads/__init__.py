"""Files that arrive in pieces over a line that may break, by the tus protocol 1.0, into a draft. It has no pages of its own."""
