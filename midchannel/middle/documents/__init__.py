"""Documents of the case file: kept here, or linked where they lie in a WebDAV store.

Knows: which documents a case has, where their content is, who put them there and when; the stores and how to get into them. Does not know:
what is in them, and who else than colleagues may read them (a partner's room says so). Permission runs through the case.
Door: `actions.keep`, `actions.link`, `actions.remove`; `queries.list_documents(viewer, case_id)`, `queries.open_document`.
"""
