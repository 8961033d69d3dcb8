"""What one does with a difference, or one item of it."""
