"""The plan of the house under test: what a linter cannot see."""
