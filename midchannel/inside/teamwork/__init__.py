"""The room teamwork."""
