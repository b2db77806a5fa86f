"""Pure rules of the programme: no input, no output, no framework."""
