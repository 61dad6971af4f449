"""Logs: books of lines from files, from memory and from several at once, and what can be asked of them."""
