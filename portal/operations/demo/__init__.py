"""The demonstration: real lists, sample documents, sample enterprises, complaints in every state, accounts."""
