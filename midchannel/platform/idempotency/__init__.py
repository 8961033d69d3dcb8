"""What was answered to a machine's request, by its Idempotency-Key, so that a repeat gets the same answer and does nothing twice.

It knows no request: whoever asks brings a hash of it. Its door is `actions.once`.
"""
