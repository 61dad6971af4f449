"""Talking to the outside: AutoVideo, Vertex AI, gcloud. Clients return core types and raise core errors."""
