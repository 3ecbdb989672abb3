"""The public check of a receipt: /verify/<number>?code=…, a form for both, and one for the file itself.

No sign-in, no cookie, no script. A wrong code reads like a number that is not there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from string import Template
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import store
from reports.receipts import public_check
from reports.receipts.public_check import Public
from settings import Settings
from web import notices, paths
from web.verify_words import WORDS, day, money

FILES_AT_ONCE = 2
MOST_WAITING = 8
LONGEST = 60
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2629; --soft: #566164; --ground: #fdfcf9; --card: #fff; --line: #d9d6cd;
  --key: #1f6f5c; --on-key: #fff; --good: #1f6f5c; --odd: #8a5a00; --bad: #a3262a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9e6; --soft: #9aa6a3; --ground: #11181a; --card: #182225;
  --line: #33403f; --key: #7cc7b1; --on-key: #0e1a17; --good: #7cc7b1; --odd: #e5b567; --bad: #f0908f; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 1.25rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--ground); }
main { max-width: 34rem; margin: 0 auto; } h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.0625rem; margin: 0 0 .75rem; } p { margin: 0 0 1rem; } .soft { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem;
  margin: 1.25rem 0; }
.verdict { border-left: .375rem solid var(--tone); } .verdict h2 { color: var(--tone); font-size: 1.375rem; }
.good { --tone: var(--good); } .odd { --tone: var(--odd); } .bad { --tone: var(--bad); }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .375rem 1.25rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
code { font: .8125rem/1.4 ui-monospace, monospace; }
label { display: block; font-weight: 600; margin: 0 0 .25rem; }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; margin: 0 0 1rem; font: inherit; color: inherit;
  background: var(--ground); border: 1px solid var(--soft); border-radius: .5rem; }
button { min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; color: var(--on-key);
  background: var(--key); border: 0; border-radius: .5rem; cursor: pointer; }
a { color: var(--key); } :focus-visible { outline: 3px solid var(--key); outline-offset: 2px; }
@media (max-width: 30rem) { body { padding: 1.5rem 1rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin: 0 0 .625rem; } }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = Template("""<!doctype html>
<html lang="$lang"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>$title</title><style>$style</style></head>
<body><main><h1>$title</h1>$body</main></body></html>
""")
_FORMS = Template("""<p class="soft">$lead</p>
<section><form method="get" action="/verify"><label for="number">$number</label>
<input id="number" name="number" value="$value" maxlength="60" required autocomplete="off" spellcheck="false">
<label for="code">$code</label>
<input id="code" name="code" maxlength="60" required autocomplete="off" spellcheck="false" aria-describedby="hint">
<p id="hint" class="soft">$hint</p><button>$check</button></form></section>
<section><h2>$file</h2><form method="post" action="/verify" enctype="multipart/form-data">
<label for="file">$pick</label><input id="file" type="file" name="file" accept="application/pdf,.pdf" required>
<p class="soft">$forget</p><button>$send</button></form></section>""")
_TONES = {"genuine": "good", "refunded": "odd"}


@dataclass(frozen=True)
class Check:
    """The addresses of the check."""

    chosen: Settings
    _files: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(FILES_AT_ONCE))

    def routes(self) -> list[Route]:
        """A number may hold anything, a slash too."""
        return [
            Route(paths.VERIFY, self.by_code, methods=["GET"]),
            Route(f"{paths.VERIFY}/", self.by_code, methods=["GET"]),
            Route(paths.VERIFY, self.by_file, methods=["POST"]),
            Route(f"{paths.VERIFY}/", self.by_file, methods=["POST"]),
            Route(f"{paths.VERIFY}/{{number:path}}", self.by_code, methods=["GET"]),
        ]

    async def by_code(self, request: Request) -> Response:
        """The verdict on a number with its code; the forms where one of them is missing."""
        lang = notices.language(request.scope, request.query_params.get("lang"))
        number = str(request.path_params.get("number") or request.query_params.get("number", ""))[:LONGEST].strip()
        code = request.query_params.get("code", "")[:LONGEST]
        if not number or not code.strip():
            return _answer(lang, _forms(lang, number))
        found = await to_thread.run_sync(self._look_up, number, code)
        if found is None:
            return _answer(lang, _verdict(lang, "unknown") + _forms(lang, number), 404)
        return _answer(lang, _of(lang, "refunded" if found.given_back else "genuine", found))

    async def by_file(self, request: Request) -> Response:
        """The verdict on a file."""
        lang = notices.language(request.scope, request.query_params.get("lang"))
        if self._files.statistics().tasks_waiting >= MOST_WAITING:
            return _answer(lang, _verdict(lang, "busy", tone="odd"), 503, {"retry-after": "60"})
        try:
            async with request.form(max_files=1, max_fields=4) as form:
                sent = form.get("file")
                content = await sent.read() if isinstance(sent, UploadFile) else b""
        except (HTTPException, MultiPartException):
            return _answer(lang, _verdict(lang, "unreadable", tone="odd") + _forms(lang), 400)
        if not content:
            return _answer(lang, _verdict(lang, "no_file", tone="odd") + _forms(lang), 400)
        verdict, found = await to_thread.run_sync(self._judge, content, limiter=self._files)
        if found is not None:
            return _answer(lang, _of(lang, verdict, found))
        word = "unknown_file" if verdict == "unknown" else verdict
        return _answer(lang, _verdict(lang, word) + _again(lang))

    def _look_up(self, number: str, code: str) -> Public | None:
        return public_check.by_code(_engine(self.chosen.store_url), number, code)

    def _judge(self, content: bytes) -> tuple[str, Public | None]:
        return public_check.by_file(_engine(self.chosen.store_url), content)


@cache
def _engine(url: str) -> Engine:
    """Our own tables, brought to their present shape when first needed: somebody may ask before anything was issued."""
    store.migrate(url)
    return store.engine(url)


def _answer(lang: str, body: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    page = _PAGE.substitute(lang=lang, title=escape(WORDS[lang]["title"]), style=_STYLE, body=body)
    return HTMLResponse(page, status, {
        "content-security-policy": POLICY, "cache-control": "no-store", "x-robots-tag": "noindex",
        "vary": "Accept-Language", **(headers or {}),
    })


def _forms(lang: str, number: str = "") -> str:
    words = {name: escape(text) for name, text in WORDS[lang].items()}
    return _FORMS.substitute(words, value=escape(number))


def _verdict(lang: str, word: str, *, tone: str = "bad", more: str = "") -> str:
    words = WORDS[lang]
    return (
        f'<section class="verdict {tone}" role="status"><h2>{escape(words[word])}</h2>'
        f"<p>{escape(words[f'{word}_text'])}</p>{more}</section>"
    )


def _of(lang: str, verdict: str, found: Public) -> str:
    words = WORDS[lang]
    rows: Iterable[tuple[str, str]] = [
        ("number", found.number), ("kind", words[found.kind]), ("day", day(found.issued_on, lang)),
        ("amount", money(found.total, found.currency, lang)),
        *([("back", money(found.given_back, found.currency, lang))] if found.given_back else []),
        ("school", found.school),
    ]
    listed = "".join(f"<dt>{escape(words[name])}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    if found.sha256:
        listed += f"<dt>{escape(words['sum'])}</dt><dd><code>{found.sha256}</code></dd>"
    return _verdict(lang, verdict, tone=_TONES.get(verdict, "bad"), more=f"<dl>{listed}</dl>") + _again(lang)


def _again(lang: str) -> str:
    return f'<p><a href="{quote(paths.VERIFY)}">{escape(WORDS[lang]["again"])}</a></p>'
