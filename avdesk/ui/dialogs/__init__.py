"""The dialogs that ask before something is done, and tell what came of it."""
