"""The reads of this room: `searches` (lists, sparklines, precision), `mentions` (what was found), `alerts`, `voices`, `rising`."""
