"""Silos: business systems that are read in; connected, mapped, tried, scheduled and taken back by administrators."""
