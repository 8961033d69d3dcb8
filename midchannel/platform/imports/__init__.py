"""Imports from files: runs, their rows' outcomes, where to resume and what to undo."""
