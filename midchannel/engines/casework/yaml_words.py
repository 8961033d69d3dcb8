"""The words of plans in YAML, shared by reading and writing: which key says what."""

from midchannel.engines.casework.plan import Kind

KINDS = {
    "task": Kind.HUMAN_TASK,
    "stage": Kind.STAGE,
    "milestone": Kind.MILESTONE,
    "timer": Kind.TIMER,
    "listener": Kind.USER_LISTENER,
    "event": Kind.EVENT_LISTENER,
    "step": Kind.TASK,
    "process": Kind.PROCESS_TASK,
    "decision": Kind.DECISION_TASK,
    "subcase": Kind.CASE_TASK,
}
"""The key that begins an item names its kind; its value is the item's id."""
AUTOMATICALLY, BY_HAND = "automatically", "by hand"
PLAN_KEYS = (
    "plan",
    "title",
    "version",
    "about",
    "roles",
    "file",
    "complete",
    "ends",
    "items",
    "may_add",
    "model",
    "cmmn",
    "document",
)
ITEM_KEYS = (
    "title", "about", "for", "show", "form", "after", "if", "begins", "ends", "required", "by_hand", "repeat", "repeat_on", "counter",
    "neutral", "completion", "waits", "runs", "time", "from", "complete", "items", "may_add", "definition", "control", "cmmn",
)  # fmt: skip
OPTION_KEYS = ("when", "who")
CRITERION_KEYS = ("after", "if", "id", "name", "about", "sentry", "together", "cmmn")
RULE_KEYS = ("if", "id", "name", "about", "cmmn")
