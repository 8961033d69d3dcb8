"""The room email."""
