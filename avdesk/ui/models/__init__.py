"""Item models: frozen rows, changed by their identity."""
