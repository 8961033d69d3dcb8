"""What machines see: the collector, REST, server-sent events."""
