"""The only writes of facts: `projecting` makes them from events, `making` thinks what an event means, `forgetting` takes them back."""

from midchannel.insight.facts.actions.forgetting import forget_channels, forget_conversations, forget_messages
from midchannel.insight.facts.actions.projecting import note_pruned, project, rebuild

__all__ = ["forget_channels", "forget_conversations", "forget_messages", "note_pruned", "project", "rebuild"]
