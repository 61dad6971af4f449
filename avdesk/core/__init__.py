"""The domain, in the standard library alone: no input or output, no clock of its own, no Qt."""
