"""Cases: the list people work from, and the page of one case with its five lists instead of a diagram.

`views` answers the pages, `doing` what is done with a case, `page` is the frame that every tab of a case stands in (`tabs` lists them).
`wording` says in plain words what the engine tells in parts, `items` makes rows of it, `facts` gathers what an item needs at that moment.
"""
