"""The first-run wizard: what is there is found, confirmed, tried and written down."""
