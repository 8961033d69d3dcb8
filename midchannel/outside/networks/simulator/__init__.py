"""The simulator: a network in the box, with made-up people who post, reply, complain, thank, repeat themselves and change their minds.

Knows: its own people, posts, private messages and what they will do next, in tables of its own. Does not know: arrivals, customers,
conversations. Door: `adapter` (the seam of every network) and `box` (`channels.boxes`: look at it, write as anybody, remove it all).
"""
