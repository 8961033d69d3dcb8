"""The inbox: list, thread, composer and customer side by side, and all that an agent does in a day.

`views` answers pages and parts of them, `doing` the actions of a conversation, `composing` what is written. `lists`, `threads`, `heads` and
`sides` turn the rooms' records into what the templates show.
"""
