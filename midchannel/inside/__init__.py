"""The employees' side."""
