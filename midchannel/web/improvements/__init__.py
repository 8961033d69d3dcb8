"""Improvements: what is asked for, who asked, and who has been told."""
