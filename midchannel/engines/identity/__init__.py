"""Whose is it? Pure thought about evidence; where records come from and what becomes of the answer is not known here."""
