"""What somebody buys, what they will be worth, and what to offer them next.

Knows: orders as business systems gave them, fitted models, offer rules that people wrote. Does not know: who may be profiled (the use
case asks the consents), and no currency is ever added to another. Door: `actions`, `queries`.
"""
