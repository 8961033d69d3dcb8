"""The only writes of facts: `projecting` makes them from events, `making` thinks what an event means."""

from midchannel.insight.facts.actions.projecting import forget_channels, note_pruned, project, rebuild

__all__ = ["forget_channels", "note_pruned", "project", "rebuild"]
