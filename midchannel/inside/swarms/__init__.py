"""Swarms: people from any department gathered around one case until it ends; and skills, what colleagues say they can help with.

Knows: who was gathered to which case, by whom, from when to when, and who said what they can help with. Does not know: what the case is
about, what is said in it. Door: `actions.start`, `actions.gather`, `actions.leave`, `actions.end`; `queries.list_swarms(viewer, case_id)`,
`queries.people_with`.
"""
