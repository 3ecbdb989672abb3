"""What the documents say about embedding and threats is so: the snippets run, the tests named exist."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import playwright
import pytest

import store
from store import tokens
from tests.web.served import ROOT, SCHOOL, Served

EMBED = (ROOT / "docs" / "embed.md").read_text("utf-8")


def snippet(language: str) -> str:
    """The first block of a language in docs/embed.md."""
    found = re.search(rf"```{language}\n(.*?)```", EMBED, re.S)
    assert found
    return found[1]


def test_every_threat_names_tests_that_exist() -> None:
    document = (ROOT / "docs" / "security.md").read_text("utf-8")
    table = document.partition("## Threats")[2].partition("## What remains")[0]
    rows = re.findall(r"^\| (?!threat|---)[^|]+\| (.+) \|$", table, re.M)
    assert len(rows) > 15
    for row in rows:
        file = ""
        for named, test in re.findall(r"`([\w./…]+)::(\w+)`", row):
            file = file if named == "…" else named
            text = (ROOT / "tests" / (file if "/" in file else f"web/{file}")).read_text("utf-8")
            assert f"def {test}(" in text, f"{file}::{test}"
        assert file, row


@pytest.fixture(scope="module")
def site_environment(served: Served) -> dict[str, str]:
    """What a school's backend has in its environment."""
    _, secret = tokens.create(
        store.engine(served.chosen.store_url), name="site", permissions={"embed"}, school_ids=(SCHOOL,),
        created_by="test", now=served.chosen.clock(),
    )
    return {"HOURS_SITE": served.address, "HOURS_TOKEN": secret}


def opens(served: Served, address: str, theme: str) -> None:
    """The address opens a page once."""
    answer = served.get(address.removeprefix(served.address), {"Sec-Fetch-Dest": "iframe"})
    assert (answer.status, answer.headers["location"]) == (
        303, f"/embed/?embed=true&embed_options={theme}_theme&lang=pt",
    )


@pytest.mark.slow
def test_the_python_snippet_opens_a_page(
    served: Served, site_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in site_environment.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    exec(snippet("python"), names)
    opens(served, names["hours_address"](served.students["maria"], "pt", "dark"), "dark")


@pytest.mark.slow
def test_the_node_snippet_opens_a_page(served: Served, site_environment: dict[str, str], tmp_path: Path) -> None:
    node = Path(playwright.__file__).parent / "driver" / "node"  # the browser tests bring their own
    (tmp_path / "hours.mjs").write_text(snippet("js"), "utf-8")
    (tmp_path / "ask.mjs").write_text(
        'import { hoursAddress } from "./hours.mjs";\n'
        f'console.log(await hoursAddress({served.students["maria"]}, {{ theme: "light" }}));\n', "utf-8",
    )
    run = subprocess.run(
        [str(node), "ask.mjs"], cwd=tmp_path, env={**os.environ, **site_environment}, check=True, capture_output=True,
        text=True, timeout=60,
    )
    opens(served, run.stdout.strip(), "light")


@pytest.mark.slow
def test_a_token_of_a_school_opens_no_page_of_another_schools_student(
    served: Served, site_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3
    import urllib.error

    with sqlite3.connect(str(served.chosen.platform_url).removeprefix("sqlite:///")) as platform:
        [student] = platform.execute(
            "select user_id from accounts_schoolmembership where school_id = 2 and role = 'student' and is_active and "
            "user_id not in (select user_id from accounts_schoolmembership where school_id = 1) limit 1"
        ).fetchone()
    platform.close()
    for name, value in site_environment.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    exec(snippet("python"), names)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        names["hours_address"](student)
