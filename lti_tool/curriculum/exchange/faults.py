"""What is wrong with a file from elsewhere."""


class ImportFault(ValueError):
    """A file that is not what it should be; the message says what, for the person who brought it."""
