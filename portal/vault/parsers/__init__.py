"""What reads strangers' files. It runs only in a child process of :mod:`portal.vault.children`.

These modules know nothing of the portal: no settings, no keys, no database. The child loads them from this folder without
loading the portal, so that a file that takes the child over finds nothing there.
"""
