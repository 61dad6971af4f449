"""The doctor's window, and that of the diagnostics."""
