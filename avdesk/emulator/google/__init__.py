"""The Google APIs that AutoVideo and AVDesk use, emulated well enough for the real gcloud.

``router`` finds the part that answers a request: ``customjobs`` (Vertex AI), ``logging``, ``compute``, ``run``,
``iamcredentials``, ``permissions`` (IAM) and ``signin``. The rest is what they share.
"""
