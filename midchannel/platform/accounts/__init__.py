"""Who may do what: people, teams, scopes and grants, invitations, tokens of machines.

Knows nothing of customers or conversations: they carry a scope id, and a query joins it. A scope is whose work something is.
"""
