"""The living style page: every component in every state, with long and hostile content. Only when DEBUG is on."""
