"""When something is out of the ordinary: alarms with a stated rate of false ones, terms that rise, shares with their uncertainty.

Pure counting and chance. `baseline` learns what is ordinary for each hour of the week, `storms` says when it is left and when it is calm
again, `rising` compares now with before for many terms at once, `shares` gives parts of a whole with intervals over people.
"""
