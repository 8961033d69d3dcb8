"""What we know and owe."""
