"""The heads of `midchannel.engines.language`: `make models` reads the rows, fits, calibrates and writes them."""
