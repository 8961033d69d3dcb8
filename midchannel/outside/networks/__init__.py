"""One folder per network; strangers to each other."""
