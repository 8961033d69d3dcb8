"""The room outcomes."""
