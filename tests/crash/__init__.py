"""Processes are killed at random moments; what came in is neither lost nor doubled."""
