"""Service: queues that work waits in for a team, their targets, and canned replies.

Knows: queues and what was promised in them. Does not know: how a reply travels, who a customer is.
"""
