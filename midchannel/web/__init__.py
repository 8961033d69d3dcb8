"""What people see: one folder per screen."""
