"""A pretend LMS: a platform in its own right that speaks only the protocol to the tool."""
