"""Sentences to learn languages from, copied from translated programs."""
