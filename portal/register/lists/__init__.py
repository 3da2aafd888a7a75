"""Published lists as files: reading them, understanding their headings, and taking them into the register."""
