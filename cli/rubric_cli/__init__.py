"""The command line: one file for each command; each parses its arguments, calls the API, and prints."""
