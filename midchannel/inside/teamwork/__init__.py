"""Teamwork: what colleagues say among themselves, on the one internal thread that every object has.

Knows: posts, questions, notices, on an object by its type and id. Does not know: what the object is, or anybody outside the company.
What is said here lives in tables of its own, which nothing that delivers reads.
Door: `usecases.ask`, which proves that a person may see the object.
"""
