"""The first run, and the page behind an invitation: the two ways to an account."""
