"""Settings: oneself, and for leads and administrators people, teams, queues, channels, and the audit trail."""
