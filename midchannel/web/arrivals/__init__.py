"""Arrivals: whether all that came in adds up, what was parked and why, and its replay; what was imported, and the way back."""
