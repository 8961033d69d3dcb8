"""Conversations: activities that belong together as a dialogue, and what we owe in them.

Knows: threads, messages with their audience, states, owner, queue, unread, clocks, drafts, who is looking. Does not know: whose a handle is
(customers), how a message travels (channels), what colleagues say among themselves (teamwork).
Door: `actions.file_messages` on the arrival path; one action a story for people; `queries.get_conversation(viewer, id)`.
"""
