"""Rights: what people ask of the company, how long things are kept, what a customer allowed."""
