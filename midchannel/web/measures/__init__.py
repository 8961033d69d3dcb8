"""Measures: what came of it, the rows behind every number, goals, and one's own figures."""
