"""Listen: searches and what they found, alerts, shares of voice, and what rises."""
