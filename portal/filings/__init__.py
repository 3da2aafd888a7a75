"""The sealed filing: what complaints and objections share, from the real name to the receipt. It has no pages of its own."""
