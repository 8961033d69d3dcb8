"""The room improvements."""
