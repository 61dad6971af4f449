"""Measurements of what AVDesk costs, each against something bare in the same run: ``python -m benchmarks``."""
