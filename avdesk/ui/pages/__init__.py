"""The window's pages; `registry` names those that there are."""
