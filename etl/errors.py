"""What can go wrong in a sync, one class per failure.

HourbookError
├── SourceUnreachable      the platform's database does not answer, or went away midway
├── SourceRefused          it answers, but the role may not read what is needed
├── ContractViolated       tables or columns are missing or cannot hold what is needed
├── CertificateMismatch    what was read is not what the source holds
├── ChecksFailed           a check of severity "stop" found rows
├── SyncRunning            another sync holds the lock
├── SyncBroken             memory, disk or a worker gave out
├── SnapshotMissing        a snapshot asked for by number does not exist
└── WarehouseUnwritable    the warehouse folder cannot be written
"""

from __future__ import annotations

from errors import HourbookError


class SourceUnreachable(HourbookError):
    """The platform's database does not answer, or went away midway."""


class SourceRefused(HourbookError):
    """The platform's database refuses to let our role read what is needed."""


class ContractViolated(HourbookError):
    """Tables or columns are missing, or of a type that cannot hold what is needed."""


class CertificateMismatch(HourbookError):
    """What was read differs from what the source holds."""


class ChecksFailed(HourbookError):
    """A check of severity ``stop`` found rows, so nothing was published."""


class SyncRunning(HourbookError):
    """Another sync of the same warehouse is at work."""


class SyncBroken(HourbookError):
    """Memory, disk or a worker process gave out midway."""


class SnapshotMissing(HourbookError):
    """A snapshot asked for by number does not exist."""


class WarehouseUnwritable(HourbookError):
    """The warehouse folder cannot be written."""
