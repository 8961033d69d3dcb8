"""The simulator's page: the network in the box as its people see it, and what steers it."""
