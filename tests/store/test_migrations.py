from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

import store
from store import adjustments
from store.tables import metadata


@pytest.fixture
def engine(empty_url: str) -> Engine:
    """A store of this test's own, migrated by it."""
    store.migrate(empty_url)
    return store.engine(empty_url)


def test_migrated_tables_equal_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrated_checks_equal_the_models(engine: Engine) -> None:
    """Alembic's comparison leaves CHECKs out, so they are compared as the database wrote them."""
    migrated = {table: inspect(engine).get_check_constraints(table) for table in metadata.tables}
    with engine.execution_options(writes=True).begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    modelled = {table: inspect(engine).get_check_constraints(table) for table in metadata.tables}

    def by_name(checks: dict) -> dict:
        return {table: {check["name"]: check["sqltext"] for check in found} for table, found in checks.items()}

    assert by_name(migrated) == by_name(modelled)


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    store.migrate(empty_url)
    engine = store.engine(empty_url)
    when = datetime(2026, 11, 23, tzinfo=UTC)
    adjustments.record(engine, adjustments.Adjustment(
        kind="add", student_id=1, hours=Decimal(1), reason="r", actor="a", effective_at=when, recorded_at=when,
    ))
    store.migrate(empty_url)
    assert len(adjustments.approved(engine)) == 1


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.migrate(empty_url), range(4)))
    assert inspect(store.engine(empty_url)).has_table("adjustments")


def test_on_postgres_our_tables_stay_in_our_schema(postgres_url: str) -> None:
    store.migrate(postgres_url)
    outside = create_engine(postgres_url)
    with outside.connect() as connection:
        found = connection.execute(text(
            "select distinct schemaname from pg_tables where tablename in ('adjustments', 'alembic_version')"
        )).scalars().all()
    outside.dispose()
    assert found == ["hourbook"]


def test_sqlite_keeps_a_write_ahead_log(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    store.migrate(url)
    with store.engine(url).connect() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"


def test_a_migrated_file_can_be_copied(tmp_path: Path) -> None:
    store.migrate(f"sqlite:///{tmp_path}/store.db")
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]
