"""`make bench`: full launches and lesson pages beside other tools, interleaved in one run. Not a timed test."""
