"""Partner rooms: somebody outside the company is invited to one case, and sees what is said and shared in that room, nothing else.

Knows: partners, the rooms they are guests of and from when to when, what was said and shared there. Does not know: internal threads
(`teamwork`) and what else is in the case. A partner is no colleague: another table, no role, no scope, and no `Viewer` can be made of
them. Doors: for colleagues `actions.invite`, `actions.say`, `queries.list_rooms(viewer, case_id)`; for partners `queries.get_guest` proves
who looks at which room, and everything else of theirs takes that `Guest`.
"""
