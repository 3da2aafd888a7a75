"""Whether somebody can be reached where they say: a code goes there, and comes back from whoever has it."""
