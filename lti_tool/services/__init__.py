"""One use case per function: they take a session, never a request, and never commit."""
