"""Case plans as people read, write, try and change them."""
