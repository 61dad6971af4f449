"""Widgets: they show core types and know no client."""
