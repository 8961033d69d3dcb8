"""Outcomes: measures over facts, goals, and baselines frozen before a change.

Knows: what each number means and how it is computed, for whoever looks. Does not know: pages. Nothing is ever broken down by person,
except for that person. Doors: `definitions`, `queries`, `actions.open_goal`, `actions.freeze_baseline`.
"""
