"""The embedded AutoVideo: its server, its pipeline and the Google APIs it uses, on loopback only.

Nothing here is used by the clients: they talk to it over HTTP as they talk to the real thing.
"""
