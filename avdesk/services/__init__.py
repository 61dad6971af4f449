"""Use cases, without Qt and without printing; clock and clients are handed in."""
