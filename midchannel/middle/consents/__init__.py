"""Consents and rights: what people have allowed the company to do with what it knows of them, and what they ask of it.

Knows: what each source record said about each purpose, with proof; requests for access and erasure, and how far they are; how long
things are kept. A customer's consent is the most restrictive of their records', until a person confirms; taken apart, each has its own
again, because nothing is ever kept per customer. Does not know: how to find what is to be exported or erased (`usecases`).
Door: `queries.may` and `queries.allowed_records` before anything is done, `actions.record_consent` when somebody said so.
"""
