"""What a partner sees: the way in by a link, and one room. Nothing here knows a `Viewer`."""
