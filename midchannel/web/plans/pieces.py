"""Pieces of a plan that are put in where the cursor is, so that nobody has to know how they are written."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece: its text, with the first word to be overwritten. `key` says which key of the holder it belongs under."""

    name: str
    label: str
    icon: str
    words: str
    text: str
    key: str = "items"


def all_pieces() -> list[Piece]:
    """Every piece, those first that are wanted most."""
    return [
        Piece("task", _("Task"), "square-check", _("Something somebody does"),
              "- task: new_task\n  title: What is to be done\n  for: agent\n"),
        Piece("after", _("Waits for"), "hourglass", _("It begins after something else"), "  after: other_task completes\n", "item"),
        Piece("if", _("Condition"), "split", _("It begins only if something is so"), "  if: amount > 100\n", "item"),
        Piece("stage", _("Stage"), "layers", _("Items with a beginning and an end"),
              "- stage: new_stage\n  title: A part of the work\n  complete: automatically\n  items:\n    - task: first_task\n"
              "      title: What is to be done\n      required: true\n"),
        Piece("milestone", _("Milestone"), "flag", _("Something reached"),
              "- milestone: reached\n  title: What is reached\n  after: new_task completes\n"),
        Piece("timer", _("Time"), "alarm-clock", _("Goes off after a while"),
              "- timer: two_days\n  title: Two days\n  time: P2D\n  from: new_task completes\n"),
        Piece("listener", _("Somebody says so"), "hand", _("Something that happens outside of the plan"),
              "- listener: thanks\n  title: The customer is content\n"),
        Piece("option", _("May be added"), "plus", _("Offered, when it is needed"),
              "- task: extra\n  title: What may be added\n  for: agent\n  when: amount > 100\n", "may_add"),
        Piece("repeat", _("Comes again"), "refresh-cw", _("It is there again after it was done"), "  repeat: not settled\n", "item"),
        Piece("by_hand", _("Offered"), "hand-helping", _("Somebody decides to start it"), "  by_hand: true\n", "item"),
        Piece("required", _("Needed"), "circle-alert", _("Its stage cannot be completed without it"), "  required: true\n", "item"),
        Piece("ends", _("Ends early"), "circle-x", _("What makes it unnecessary"), "  ends: {after: thanks happens}\n", "item"),
    ]  # fmt: skip


def new_plan() -> str:
    """The text that a new plan begins with."""
    return _NEW


_NEW = """plan: new_plan
title: What it is called
about: |
  What it is for, in two sentences. Whoever opens a case reads this first.
roles:
  agent: Care
complete: automatically
items:
  - task: begin
    title: What is to be done first
    for: agent
    required: true
  - milestone: begun
    title: What is reached then
    after: begin completes
"""
