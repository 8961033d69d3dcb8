"""What surrounds every page: the rail, the reader's zone and theme, the security policy, the error pages."""
