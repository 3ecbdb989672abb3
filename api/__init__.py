"""Answers machines over HTTP: the same figures as the screens, as JSON, within what the bearer of a token may see."""
