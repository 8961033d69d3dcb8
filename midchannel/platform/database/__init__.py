"""The one database: an embedded PostgreSQL, what is asked of any PostgreSQL, backup and restore.

Knows servers, roles, schema state. Knows no table of any room. Doors: `embedded` (needs nothing but the standard
library, so that the supervisor stays small), `server` (what a server must offer), `schema` (is it up to date).
"""
