"""Settings, addresses, and the wiring: the only place that names concrete networks."""
