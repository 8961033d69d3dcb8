"""Signals: what understanding found in the texts that arrived, with confidence and model; what people corrected.

One compact row an activity. Knows activities by id and at most their channel; does not know conversations or customers, except in the SQL
that says who may see a signal. Door: `actions` (`keep` on the arrival path) and `queries`.
"""
