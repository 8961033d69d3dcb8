"""What every test shares. The database server comes from `midchannel.platform.database.testing` (see pyproject)."""
