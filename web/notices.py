"""The few pages that need no app: a refused request, an unexpected failure, an embedded page that has ended."""

from __future__ import annotations

from html import escape
from string import Template

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from web import exchange

_PAGE = Template("""<!doctype html>
<html lang="$lang"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>$title</title>
<style>
body { margin: 0; padding: 2rem 1.25rem; font: 1rem/1.5 system-ui, sans-serif; color: #1c2629; background: #fdfcf9; }
main { max-width: 34rem; margin: 0 auto; } h1 { font-size: 1.25rem; margin: 0 0 .5rem; } p { margin: 0 0 .5rem; }
small { color: #5c676a; }
@media (prefers-color-scheme: dark) { body { color: #e4e9e6; background: #11181a; } small { color: #9aa6a3; } }
</style></head><body><main><h1>$title</h1><p>$text</p>$foot</main></body></html>
""")
ENDED = {
    "en": ("Please reload this page", "This page was open for too long, or its address was used already."),
    "pt": ("Recarregue esta página", "A página esteve aberta demasiado tempo, ou o endereço já foi usado."),
}
ALONE = {
    "en": ("Please open your school's site", "Your hours are shown on a page of your school's own site."),
    "pt": ("Abra o site da sua escola", "As suas horas aparecem numa página do site da própria escola."),
}
FAILED = {
    "en": ("Something went wrong", "The page could not be made. Please try again; if it stays so, name this number:"),
    "pt": ("Algo correu mal", "A página não pôde ser apresentada. Tente de novo; se continuar, indique este número:"),
}
REFUSED = {
    "en": ("The request was refused", "{reason}"),
    "pt": ("O pedido foi recusado", "{reason}"),
}


def language(scope: Scope, wished: str | None = None) -> str:
    """pt or en: the one wished, else the first that the browser names."""
    accepted = exchange.only(scope, "accept-language") or ""
    for name in (wished or "", *accepted.split(",")):
        short = name.strip().lower()[:2]
        if short in ENDED:
            return short
    return "en"


def page(texts: dict[str, tuple[str, str]], *, lang: str, status: int, foot: str = "", **said: str) -> Response:
    """A page of one heading and one sentence."""
    title, text = texts[lang]
    body = _PAGE.substitute(
        lang=lang, title=escape(title), text=escape(text.format(**said)),
        foot=f"<p><small>{escape(foot)}</small></p>" if foot else "",
    )
    return HTMLResponse(body, status, {"cache-control": "no-store", "x-robots-tag": "noindex"})


def refusal(scope: Scope, *, status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    """Why a request goes no further: a page for people, problem+json for programs of the API."""
    if str(scope.get("path", "")).startswith("/api"):
        answer: Response = JSONResponse(
            {"type": "about:blank", "title": reason, "status": status, "detail": reason}, status,
            media_type="application/problem+json",
        )
    else:
        answer = page(REFUSED, lang=language(scope), status=status, reason=reason)
    answer.headers.update({"cache-control": "no-store", **(headers or {})})
    return answer


def failure(scope: Scope, request_id: str) -> Response:
    """What is shown for an unexpected failure: the number under which the log knows it, and nothing else."""
    if str(scope.get("path", "")).startswith("/api"):
        return refusal(scope, status=500, reason=f"Unexpected failure; the log knows it as {request_id}.")
    return page(FAILED, lang=language(scope), status=500, foot=request_id)
