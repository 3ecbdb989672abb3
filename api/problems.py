"""Names what may go wrong with a request, and writes it as RFC 9457 demands: application/problem+json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

import orjson
from starlette.responses import Response

from errors import HourbookError

MEDIA_TYPE = "application/problem+json"
URN = "urn:hourbook:problem:"


class Kind(Enum):
    """Every kind of problem: its HTTP status and its title."""

    UNREADABLE = (400, "The request cannot be read")
    NO_RECEIPT = (400, "There is no receipt for this purchase")
    NOT_SIGNED_IN = (401, "A valid token is needed")
    NOT_ALLOWED = (403, "Not allowed")
    NOT_FOUND = (404, "Not found")
    WRONG_METHOD = (405, "Method not allowed")
    CONFLICT = (409, "Conflict")
    TOO_LARGE = (413, "Too much was sent")
    NOT_JSON = (415, "JSON is needed")
    BAD_VALUES = (422, "Some values cannot be used")
    TOO_MANY = (429, "Too many requests")
    FAILURE = (500, "Something went wrong on our side")
    UNAVAILABLE = (503, "Not available now")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[0]

    @property
    def title(self) -> str:
        """What it is, the same for every such problem."""
        return self.value[1]

    @property
    def type(self) -> str:
        """Its name for programs."""
        return URN + self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, status: int) -> Kind:
        """The kind with this HTTP status; what has none of its own is unreadable or a failure."""
        found = [kind for kind in cls if kind.status == status]
        return found[0] if found else (cls.UNREADABLE if status < 500 else cls.FAILURE)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one parameter, header or field of the body."""

    field: str
    message: str
    place: str = "query"


class Problem(HourbookError):
    """A request that gets no answer; ``errors`` names every field that is to blame."""

    def __init__(
        self, problem: Kind, detail: str, *, errors: Iterable[FieldError] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.problem = problem
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def bad_values(errors: Iterable[FieldError]) -> Problem:
    """All that is wrong with the values of a request, at once."""
    found = tuple(errors)
    return Problem(Kind.BAD_VALUES, "; ".join(f"{error.field} {error.message}" for error in found), errors=found)


def no_such_student() -> Problem:
    """A student who does not exist and one who is not the viewer's to see read alike."""
    return Problem(Kind.NOT_FOUND, "There is no such student among those you may see.")


def answer(problem: Problem, *, request_id: str | None = None) -> Response:
    """The problem as an HTTP answer. Only a failure of ours names the request, so that it can be looked up."""
    body = {
        "type": problem.problem.type,
        "title": problem.problem.title,
        "status": problem.problem.status,
        "detail": problem.message,
        "errors": [
            {"in": error.place, "field": error.field, "message": error.message} for error in problem.errors
        ],
    }
    if request_id is not None:
        body["request_id"] = request_id
    headers = {"cache-control": "no-store", **problem.headers}
    return Response(orjson.dumps(body), problem.problem.status, headers=headers, media_type=MEDIA_TYPE)
