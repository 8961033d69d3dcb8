"""Tools without business words."""
