"""The schemas, one module a step. A step that has been released never changes."""
