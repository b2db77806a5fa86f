"""Pages: parse the request, call one service, choose a template."""
