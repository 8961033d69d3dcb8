"""The installed command, `midchannel`: a door beside web and api, and the processes behind `midchannel run`.

One file per command. `supervisor` needs nothing but the standard library, so that watching costs little memory; what
needs Django starts as a process of its own.
"""
