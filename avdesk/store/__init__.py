"""What stays on this machine: the database, the request ledger, credentials."""
