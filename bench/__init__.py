"""`make bench`: full launches, lesson pages and scores beside other tools. Not a timed test."""
