"""How the models that come with the program are made again from their data. Not part of what is installed."""
