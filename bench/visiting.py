"""Opens one page in many websocket sessions at once, as browsers do, and waits until each has it whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.measure import MeasurementFailed


def opened(port: int, sessions: int, query: str = "", page: str = "") -> Callable[[], dict[str, Any]]:
    """Prepare that many visits; the callable returns seconds until the last has its page, and the median visit's."""

    def run() -> dict[str, Any]:
        return asyncio.run(_all(port, sessions, query, page))

    return run


async def _all(port: int, sessions: int, query: str, page: str) -> dict[str, Any]:
    started = time.perf_counter()
    each = await asyncio.gather(*(_visit(port, query, page) for _ in range(sessions)))
    return {"last_seconds": time.perf_counter() - started, "median_seconds": sorted(each)[len(each) // 2]}


async def _visit(port: int, query: str, page: str) -> float:
    """Seconds from knocking to the end of the script's run."""
    import websockets
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.typing import Origin, Subprotocol

    address = f"127.0.0.1:{port}"
    started = time.perf_counter()
    async with websockets.connect(
        f"ws://{address}/_stcore/stream", origin=Origin(f"http://{address}"),
        subprotocols=[Subprotocol("streamlit")], max_size=None,
        compression=None, open_timeout=60,
    ) as socket:
        ask = BackMsg()
        ask.rerun_script.query_string = query
        ask.rerun_script.page_name = page
        await socket.send(ask.SerializeToString())
        async for raw in socket:
            message = ForwardMsg()
            message.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            if message.WhichOneof("type") != "script_finished":
                continue
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return time.perf_counter() - started
            if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                raise MeasurementFailed(f"The page {page or 'first'} did not run: {message.script_finished}.")
    raise MeasurementFailed("The server hung up before the page was whole.")
