"""Shows the steps of long work while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[..., None]
"""Called as progress(step), or progress(step, done, total)."""


@contextmanager
def steps_shown(title: str, *, quiet: bool) -> Iterator[Progress]:
    """A callable that shows the present step; nothing is shown when quiet or when nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(step: str, done: float | None = None, total: float | None = None) -> None:
            bar.update(task, description=f"{title}: {step}", completed=done or 0, total=total)

        yield show


def _nothing(*_: object, **__: object) -> None:
    return None
