"""What a machine that writes is asked for: summaries, drafts of replies, translations, from an endpoint the company names, or from none.

Knows: the endpoint with its switches and budget, what was asked for a conversation, by whom, and what came of it, for a day. Does not
know: HTTP, what is asked in detail (`engines.assistance`, `usecases.assist`), internal threads, of which nothing is ever sent. Doors:
`actions.ask(viewer, ...)`, `queries.list_assistances(viewer, conversation_id)`; for the loop `actions.take_next`, `actions.settle`.
"""
