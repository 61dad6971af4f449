"""The desktop front end: the only place that knows everybody."""
