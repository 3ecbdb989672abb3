"""Every failure that Hourbook names: one class each, and a message a person can act on.

    HourbookError                 base; the CLI prints its sentence and exits with 1
    ├── SettingsError             a setting is missing, wrong or unknown
    ├── (etl/errors.py)           what can go wrong between the platform and a published snapshot
    └── …                         a package that can fail defines its own classes, derived from HourbookError

A message says what happened, with which value, and what to do.
"""

from __future__ import annotations


class HourbookError(Exception):
    """A failure with a sentence for the person in front of the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def kind(self) -> str:
        """Name of the failure for machines: the class's own name."""
        return type(self).__name__


class SettingsError(HourbookError):
    """One or more settings are wrong; the message holds one sentence for each."""
