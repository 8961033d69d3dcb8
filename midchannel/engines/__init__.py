"""Pure thought: no Django, no input or output, no clock."""
