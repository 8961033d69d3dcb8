"""Listening: what is only overheard, kept as mentions until somebody takes one up; and standing searches over all that arrives.

Knows: searches, what they found, what people said of it, alerts, shares of voice, rising terms. Does not know: whose customer an author
is, conversations, or how a text is read: `usecases.listen` brings readings and takes up what is to be taken up.
"""
