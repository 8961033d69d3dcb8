"""Channels: connections of ours to networks; what arrives through them, and what is delivered.

Knows: channels, handles, arrivals, activities and their versions, what is parked, deliveries. Does not know: whose a handle is, what a
conversation is, who answers. Door: `actions.receive` for everything that comes in, `actions.queue_delivery` for everything that goes out.
A channel lies below conversations: a post is pulled up by a use case, a reply pushed down by an action.
"""
