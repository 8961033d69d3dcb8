"""Cases and their plans, by the semantics of CMMN 1.1: pure thought, no Django, no input or output, no clock.

plan       what a definition says; made from YAML (`yaml_reading`) or CMMN XML (`xml_reading`), and written as either
state      what a case is now: a value that can be kept, copied and compared
commands   what people, clocks and other systems may ask of a case
machine    `start` and `apply`: a command on a state gives a new state and the ordered list of events; nothing is changed in place
events     what happened, and `replay`: the list of events gives the state again
lists      the five lists of the case page
reasons    why is this here, what would move it, what keeps the case open
previews   what a command would change
changing   another plan for a running case, with what would differ and the way back
scripts    conformance scripts, as `midchannel casework verify` runs them
"""
