"""Whatever fails, the last snapshot serves on, one sentence says why, and the next sync repairs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url

import etl.sync
from etl import publish
from etl.errors import (
    ContractViolated,
    SnapshotMissing,
    SourceRefused,
    SourceUnreachable,
    SyncRunning,
    WarehouseUnwritable,
)
from etl.lock import only_sync
from etl.readers.connection import dsn_of
from settings import Settings
from tests.etl.platform_rows import Platform, ask, settings_for, tables_of

pytestmark = pytest.mark.slow  # each syncs several times


def _last(settings: Settings) -> dict[str, object]:
    found: dict[str, object] = json.loads((settings.warehouse / "last_sync.json").read_text())
    return found


def test_every_missing_table_and_column_is_named_in_one_message(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    before = tables_of(settings)
    platform.run("drop table finances_hourconsumption cascade")
    platform.run("alter table finances_pricingplan drop column price_eur, drop column name")
    with pytest.raises(ContractViolated) as failure:
        etl.sync.run(settings)
    for part in (
        "table finances_hourconsumption is missing",
        "column finances_pricingplan.price_eur",
        "column finances_pricingplan.name",
    ):
        assert part in str(failure.value)
    assert tables_of(settings) == before
    assert _last(settings)["ok"] is False
    assert _last(settings)["kind"] == "ContractViolated"


def test_a_type_that_cannot_hold_exact_money_stops_the_sync(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    platform.run("alter table finances_purchasetransaction alter column amount type double precision")
    with pytest.raises(ContractViolated, match=r"finances_purchasetransaction.amount is double precision"):
        etl.sync.run(settings_for(postgres_url, tmp_path))


def test_more_columns_in_another_order_and_wider_types_are_welcome(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    platform.run("alter table finances_purchasetransaction add column extra text default 'x'")
    platform.run("alter table finances_purchasetransaction alter column amount type numeric")
    platform.run("alter table finances_studentaccountbalance drop column hours_consumed")
    platform.run(
        "alter table finances_studentaccountbalance add column hours_consumed numeric(9,2) not null default 3.25"
    )
    platform.run("alter table accounts_customuser alter column email type text")
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    assert [
        tuple(map(str, row))
        for row in ask(
            settings, "select price, platform_consumed from packages join student_balances using (student_id)"
        )
    ] == [("200.00", "3.25")]


def test_an_absent_optional_table_switches_its_part_off(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    for table in ("accounts_parentchildrelationship", "accounts_studentprofile", "finances_classsession_students"):
        platform.run(f"drop table {table} cascade")
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    assert ask(settings, "select count(*) from guardians") == [(0,)]
    assert ask(
        settings, "select count(*) from data_issues where issue in ('class_without_students', 'student_not_in_class')"
    ) == [(0,)]


def test_a_role_without_select_is_told_the_grant_it_needs(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    role = f"reader_{tmp_path.name[-4:]}_{int(time.time())}".replace("-", "_").lower()
    platform.run(f"create role {role} login")
    for table in ("accounts_customuser", "accounts_school"):
        platform.run(f"grant select on {table} to {role}")
    url = make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    with pytest.raises(SourceRefused, match=rf"GRANT SELECT ON .*public\.finances_hourconsumption.* TO \"{role}\""):
        etl.sync.run(settings_for(url, tmp_path))
    platform.run(f"grant select on all tables in schema public to {role}")
    settings = settings_for(url, tmp_path)
    etl.sync.run(settings)
    assert ask(settings, "select count(*) from students") == [(1,)]
    platform.run(f"drop owned by {role}")
    platform.run(f"drop role {role}")


def test_the_platform_is_never_written_to(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    platform.run(
        "create table before as select schemaname, relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables"
    )
    platform.run(f"alter database {make_url(postgres_url).database} set default_transaction_read_only = on")
    platform.engine.dispose()
    settings = settings_for(postgres_url, tmp_path)
    assert etl.sync.run(settings).mode == "full"
    assert etl.sync.run(settings).mode == "incremental"


def test_a_source_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    settings = settings_for("postgresql+psycopg2://reader:secret@127.0.0.1:9/school", tmp_path)
    with pytest.raises(SourceUnreachable) as failure:
        etl.sync.run(settings)
    assert "127.0.0.1:9/school" in str(failure.value)
    assert "secret" not in str(failure.value)
    assert "secret" not in (settings.warehouse / "last_sync.json").read_text()


@pytest.mark.parametrize(
    ("moment", "use_extension"),
    [
        ("finances_purchasetransaction", True),
        ("finances_hourconsumption", False),
        *(
            pytest.param(moment, use_extension, marks=pytest.mark.slow)
            for moment, use_extension in (
                ("accounts_school", True),
                ("accounts_school", False),
                ("finances_purchasetransaction", False),
                ("finances_hourconsumption", True),
            )
        ),
    ],
)
def test_a_source_that_vanishes_midway_leaves_the_old_snapshot(
    postgres_url: str, tmp_path: Path, moment: str, use_extension: bool
) -> None:
    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    before = tables_of(settings)
    platform.run("update accounts_customuser set name = 'Changed'")

    def cut(what: str, done: int, total: int) -> None:
        if what.endswith(f" {moment}"):
            with psycopg2.connect(dsn_of(make_url(postgres_url))) as admin, admin.cursor() as cursor:
                cursor.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            admin.close()

    with pytest.raises(SourceUnreachable):
        etl.sync.run(settings, full=True, use_extension=use_extension, progress=cut)
    assert tables_of(settings) == before
    assert list(settings.warehouse.glob("*.building*")) == []
    platform.engine.dispose()
    etl.sync.run(settings)
    assert ask(settings, "select name from students") == [("Changed",)]


def test_a_second_sync_leaves_while_the_first_is_at_work(postgres_url: str, tmp_path: Path) -> None:
    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    with only_sync(settings.warehouse), pytest.raises(SyncRunning, match="Another sync"):
        etl.sync.run(settings)
    etl.sync.run(settings)


@pytest.mark.slow
def test_two_syncs_started_at_once_publish_whole_snapshots(postgres_url: str, tmp_path: Path) -> None:
    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    program = (
        "import sys, etl.sync; from pathlib import Path; from settings import Settings\n"
        "from errors import HourbookError\n"
        f"s = Settings(platform_url={settings.platform_url!r}, store_url={settings.store_url!r},"
        f" warehouse=Path({str(settings.warehouse)!r}), sync_memory='1GB')\n"
        "try:\n    etl.sync.run(s); print('done')\nexcept HourbookError as error:\n    print(type(error).__name__)\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = sorted((run.communicate(timeout=120)[0] or "").strip() for run in runs)
    assert "done" in said
    assert set(said) <= {"done", "SyncRunning"}
    assert ask(settings, "select hours_remaining from student_balances") == [(10,)]


def test_a_damaged_staging_file_is_made_anew(postgres_url: str, tmp_path: Path) -> None:
    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    (settings.warehouse / "staging.duckdb").write_bytes(b"not a database" * 1000)
    assert etl.sync.run(settings).mode == "full"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseUnwritable, match="file"):
        publish.prepare(tmp_path / "file" / "warehouse")


def test_rolling_back_serves_an_earlier_snapshot_and_the_next_sync_goes_on_from_the_source(
    postgres_url: str, tmp_path: Path
) -> None:
    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    first = etl.sync.run(settings)
    platform.run("update accounts_customuser set name = 'Second' where id = 1")
    etl.sync.run(settings)
    publish.rollback(settings, first.snapshot_id)
    assert ask(settings, "select name from students") == [("Ana",)]
    platform.book(1)
    etl.sync.run(settings)
    assert ask(settings, "select name, hours_consumed from students join student_balances using (student_id)") == [
        ("Second", 1)
    ]
    with pytest.raises(SnapshotMissing, match="no snapshot 99"):
        publish.rollback(settings, 99)


def test_only_the_newest_snapshots_are_kept(postgres_url: str, tmp_path: Path) -> None:
    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path, keep_snapshots=2)
    for _ in range(4):
        etl.sync.run(settings)
    assert [snapshot.snapshot_id for snapshot in publish.snapshots(settings)] == [4, 3]


def test_a_published_snapshot_holds_no_raw_tables(postgres_url: str, tmp_path: Path) -> None:
    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    names = {row[0] for row in ask(settings, "select table_name from information_schema.tables")}
    assert not {name for name in names if name.startswith(("accounts_", "finances_", "stage_", "build_"))}
    assert not list(settings.warehouse.glob("*.wal"))
