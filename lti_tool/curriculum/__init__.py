"""Content package: plain files in, one immutable course (or a list of problems) out."""
