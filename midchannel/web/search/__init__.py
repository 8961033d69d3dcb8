"""Search over people and over what was said: a page, and the part of it behind Ctrl+K."""
