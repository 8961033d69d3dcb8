"""Who did what, when. Append-only; holds ids and names of fields, never what a customer wrote."""
