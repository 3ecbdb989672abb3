"""A browser's tab without the browser: speaks Streamlit's protocol over a real websocket and tells what was shown."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

STREAM = "/_stcore/stream"
_PATIENCE_SECONDS = 60
_LARGEST_ANSWER = 50_000_000


class Tab:
    """One session. `below` is the prefix of the embed, or nothing."""

    def __init__(
        self, address: str, *, below: str = "", cookie: str = "", headers: Iterable[tuple[str, str]] = (),
        origin: str | None = "own", session: str | None = None, xsrf: str = "",
    ) -> None:
        place = urlsplit(address)
        sent = [*headers, *([("Cookie", cookie)] if cookie else [])]
        protocols = ["streamlit", *([xsrf or "none"] if xsrf or session else []), *([session] if session else [])]
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(
            f"ws://{place.netloc}{below}{STREAM}", origin=address if origin == "own" else origin,  # type: ignore[arg-type]
            additional_headers=sent, subprotocols=[Subprotocol(name) for name in protocols],
            open_timeout=_PATIENCE_SECONDS, max_size=_LARGEST_ANSWER,
        ))
        self.session_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def shown(self, page: str = "", query: str = "") -> str:
        """Everything that one run of a page sends, as text."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.context_info.timezone = "Europe/Lisbon"
        message.rerun_script.context_info.locale = "en-GB"
        self._socket.send(message.SerializeToString())
        return self._read()

    def _read(self) -> str:
        said = []
        while True:
            data = self._socket.recv(timeout=_PATIENCE_SECONDS)
            assert isinstance(data, bytes)
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id
            said.append(_text(message))
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return "\n".join(said)


def _text(message: ForwardMsg) -> str:
    """The message as text, with letters as they are, so that names can be looked for."""
    from google.protobuf.text_format import MessageToString  # type: ignore[import-untyped]

    return str(MessageToString(message, as_utf8=True))
