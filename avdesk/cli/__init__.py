"""The command line: a front end without Qt."""
