"""Asks one address for many paths over many connections at once, and tells how long each answer took."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

_END_OF_HEAD = b"\r\n\r\n"


class Visitor(asyncio.Protocol):
    """One kept-alive connection that asks its next question as soon as the last one is answered."""

    def __init__(self, ask: Callable[[], bytes | None], seconds: list[float], codes: Counter[int]) -> None:
        self.ask, self.seconds, self.codes = ask, seconds, codes
        self.held = b""
        self.started = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first question."""
        self.transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Count the answer once all of it is here."""
        self.held += data
        head_end = self.held.find(_END_OF_HEAD)
        if head_end < 0:
            return
        head = self.held[:head_end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.held) < head_end + 4 + length:
            return
        self.seconds.append(time.perf_counter() - self.started)
        self.codes[int(self.held[9:12])] += 1
        self.held = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """The server hung up, or the time is over."""
        if not self.done.done():
            self.done.set_result(None)

    def _next(self) -> None:
        question = self.ask()
        if question is None:
            self.transport.close()
            return
        self.started = time.perf_counter()
        self.transport.write(question)


def asked(
    port: int, path: str, students: list[int], bearers: list[str], connections: int, seconds: float, seed: int,
) -> Callable[[], dict[str, Any]]:
    """Prepare the load; ``path`` holds {student}. With bearers, the n-th student is asked for with the n-th of them,
    or all with the only one."""
    dice = random.Random(seed)

    def question() -> bytes:
        at = dice.randrange(len(students))
        bearer = bearers[at % len(bearers)] if bearers else ""
        head = f"Authorization: Bearer {bearer}\r\n" if bearer else ""
        return f"GET {path.format(student=students[at])} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{head}\r\n".encode()

    def run() -> dict[str, Any]:
        return asyncio.run(_all(port, question, connections, seconds))

    return run


async def _all(port: int, question: Callable[[], bytes], connections: int, seconds: float) -> dict[str, Any]:
    taken: list[float] = []
    codes: Counter[int] = Counter()
    until = time.perf_counter() + seconds

    def ask() -> bytes | None:
        return question() if time.perf_counter() < until else None

    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Visitor(ask, taken, codes), "127.0.0.1", port)
            for _ in range(connections)]
    started = time.perf_counter()
    await asyncio.gather(*(visitor.done for _, visitor in made))
    lasted = time.perf_counter() - started
    taken.sort()
    return {
        "requests_per_second": len(taken) / lasted,
        "p50_ms": _at(taken, 0.50), "p95_ms": _at(taken, 0.95), "p99_ms": _at(taken, 0.99),
        "codes": {str(code): count for code, count in codes.items()},
    }


def _at(taken: list[float], share: float) -> float:
    return taken[min(int(len(taken) * share), len(taken) - 1)] * 1000 if taken else float("nan")
