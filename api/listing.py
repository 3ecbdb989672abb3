"""States the forms of a list: a numbered page, or rows with the cursor of the next ones."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import Field, RootModel, create_model

from api.shapes import Shape


@cache
def page_shape(of: type[Shape]) -> type[RootModel[Any]]:
    """A page of these rows, in either form."""
    rows: Any = list[of]  # type: ignore[valid-type]
    address: Any = str | None
    numbered = create_model(
        f"{of.__name__}Page",
        __base__=Shape,
        __doc__="A page by number.",
        count=(int, Field(description="how many match in all")),
        next=(address, Field(description="address of the next page on this host")),
        previous=(address, Field(description="address of the page before")),
        results=(rows, ...),
    )
    either: Any = numbered | cursor_shape(of)
    return create_model(f"{of.__name__}List", __base__=RootModel[either], __doc__="A page by number or by cursor.")


@cache
def cursor_shape(of: type[Shape]) -> type[Shape]:
    """Rows and the cursor of the next ones."""
    rows: Any = list[of]  # type: ignore[valid-type]
    cursor: Any = str | None
    return create_model(
        f"{of.__name__}Rows",
        __base__=Shape,
        __doc__="Rows by cursor.",
        next_cursor=(cursor, Field(description="give it as `cursor` to go on; null: these were the last")),
        results=(rows, ...),
    )


@cache
def whole_shape(of: type[Shape]) -> type[Shape]:
    """All rows at once."""
    rows: Any = list[of]  # type: ignore[valid-type]
    name = f"All{of.__name__}s"
    return create_model(name, __base__=Shape, __doc__="All of them.", count=(int, ...), results=(rows, ...))
