"""One use case, one transaction: what the front doors call."""
