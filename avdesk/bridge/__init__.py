"""The only threads, and Qt objects without widgets."""
