"""Who listens to whom, who talks with whom, and what about.

Knows: handles that answer, name and pass on each other in public; communities of them; how often words are used. Does not know: what a
conversation is worth, and nobody's private words. Door: `actions` (hearing, ranking, counting, forgetting), `queries`.
"""
