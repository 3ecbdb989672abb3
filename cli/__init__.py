"""Hourbook's commands: each module adds the commands of one subject; nothing is decided here."""
