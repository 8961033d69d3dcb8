"""Cases: work towards an outcome for a customer, by a plan that guides and may be changed.

Knows: plans and their versions, where a case stands, every event that brought it there, whose it is and who does which item, which
conversations belong to it. Does not know: how a plan runs (`engines.casework`), what a conversation says, whose a handle is.
Door: `actions.open_case`, `actions.do` with a command of the engine, `actions.apply_signal` for what comes from outside;
`queries.get_case(viewer, id)`, `queries.list_cases`.
"""
