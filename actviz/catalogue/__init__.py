"""The functions there are: entries of a file, found by name, and what a user types for one."""
