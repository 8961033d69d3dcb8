"""Listening: what was only overheard, kept as mentions until a person or a rule takes one up."""
