"""Removal from the desk, and the changes that units state (Art. 18, 19, 22)."""
