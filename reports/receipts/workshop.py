"""Makes the documents of records and attaches them; holds what one process needs for that: keys, logos, settings.

Several processes may finish the same record at once: the first to attach wins, and both made the same bytes.
"""

from __future__ import annotations

import gc
import multiprocessing
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

import store
from errors import HourbookError
from reports import signing
from reports.receipts import rendering
from reports.receipts.school_settings import receipt_settings
from store import certificates, receipts
from store.receipts import Receipt

if TYPE_CHECKING:
    from settings import Settings

_TASKS_PER_WORKER = 500
"""After so many documents a worker is replaced: font libraries keep a little of each."""
_WORTH_A_POOL = 8
_AHEAD = 4
"""Documents asked for ahead of what is done, per worker: memory does not grow with the month."""

Done = Callable[[int, int], None]


class WorkersLost(HourbookError):
    """A process that made documents was killed."""


@dataclass(frozen=True)
class Failed:
    """A record whose document could not be made, and why; its number stays and the next call tries again."""

    receipt_id: int
    reason: str


def finish(engine: Engine, settings: Settings, receipt: Receipt, *, now: datetime) -> Receipt:
    """The record with its document, made now unless it has one."""
    if receipt.document_sha256 is not None:
        return receipt
    alias = receipt_settings(engine, receipt.school_id).signing_alias
    sealer = sealer_for(settings, alias)
    if sealer is not None:
        sealer.key.require_valid(now)
    logo = receipts.kept(engine, receipt.said["logo"]) if receipt.said.get("logo") else None
    content = rendering.make(receipt, signer=sealer, logo=logo)
    if sealer is not None:
        _note(engine, sealer, now)
    signed_by = sealer.key.fingerprint if sealer else None
    return receipts.attach(engine, receipt.id, content, signed_by=signed_by, now=now)


def finish_all(
    engine: Engine, settings: Settings, receipt_ids: Sequence[int], *, now: datetime, processes: int, done: Done,
) -> list[Failed]:
    """Finish records, in several processes where there are enough; what fails is told and the others go on."""
    failed: list[Failed] = []
    outcomes = (
        _in_processes(settings, receipt_ids, now, processes)
        if processes > 1 and len(receipt_ids) >= _WORTH_A_POOL else
        (_finished(engine, settings, receipt_id, now) for receipt_id in receipt_ids)
    )
    for count, outcome in enumerate(outcomes, start=1):
        if outcome is not None:
            failed.append(outcome)
        done(count, len(receipt_ids))
    return failed


def sealer_for(settings: Settings, alias: str) -> signing.Sealer | None:
    """Who signs for a school with this alias, kept warm; None where nothing signs."""
    key = signing.key_for(settings, alias)
    return None if key is None else _sealer(key, settings.signing_timestamp_url)


@lru_cache(maxsize=16)
def _sealer(key: signing.Key, time_stamp_url: str | None) -> signing.Sealer:
    if time_stamp_url is None:
        return signing.Sealer(key)
    from reports.signing.time_stamps import WebTimeStamper

    return signing.Sealer(key, time_stamper=WebTimeStamper(time_stamp_url))


_noted: set[tuple[str, str]] = set()


def _note(engine: Engine, sealer: signing.Sealer, now: datetime) -> None:
    """Once per process and store: the certificate must outlive the key."""
    key = (str(engine.url), sealer.key.fingerprint)
    if key not in _noted:
        certificates.note(
            engine, fingerprint=sealer.key.fingerprint, chain=sealer.key.chain, subject=sealer.key.name,
            expires_at=sealer.key.expires_at, now=now,
        )
        _noted.add(key)


def _finished(engine: Engine, settings: Settings, receipt_id: int, now: datetime) -> Failed | None:
    try:
        finish(engine, settings, receipts.by_id(engine, receipt_id), now=now)
    except HourbookError as failure:
        return Failed(receipt_id, failure.message)
    except (OperationalError, InterfaceError):  # the store itself: the next record would wait as long
        raise
    except Exception as failure:  # noqa: BLE001 - one record that nobody foresaw must not stop all others
        return Failed(receipt_id, unforeseen(failure))
    return None


def unforeseen(failure: Exception) -> str:
    """Something that should not happen, in a sentence: its kind and place, never its text, which may be personal."""
    place = traceback.extract_tb(failure.__traceback__)[-1]
    return (
        f"something unexpected happened ({type(failure).__name__} in {Path(place.filename).name}, line "
        f"{place.lineno}); the others go on, and the next call tries again."
    )


def _in_processes(
    settings: Settings, receipt_ids: Sequence[int], now: datetime, processes: int,
) -> Iterator[Failed | None]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    todo = iter(receipt_ids)
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_prepare, initargs=(settings,),
        max_tasks_per_child=_TASKS_PER_WORKER,
    ) as pool:
        running: set[Future[Failed | None]] = set()
        while True:
            while len(running) < processes * _AHEAD and (receipt_id := next(todo, None)) is not None:
                running.add(pool.submit(_in_worker, receipt_id, now))
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            try:
                yield from (one.result() for one in ended)
            except BrokenProcessPool as failure:
                raise WorkersLost(
                    "A process that makes documents ended unexpectedly, perhaps for want of memory: issue again, with "
                    "--processes 1 if need be; what was made stays."
                ) from failure


_own: list[Settings] = []


def _prepare(settings: Settings) -> None:
    """In a new worker: what was loaded so far is never looked at again when memory is tidied."""
    _own[:] = [settings]
    gc.collect()
    gc.freeze()


def _in_worker(receipt_id: int, now: datetime) -> Failed | None:
    return _finished(store.engine(_own[0].store_url), _own[0], receipt_id, now)
