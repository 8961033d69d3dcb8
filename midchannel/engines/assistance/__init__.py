"""What is asked of a language model that stands elsewhere, and what of its answer is believed. Pure.

Whoever wrote the texts that go along, and whatever comes back, only plain text with known sources comes out, or nothing. Doors:
`asking.body_of`, `answering.read`.
"""
