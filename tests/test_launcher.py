"""The launcher sets all up by itself, from anywhere, and says what it cannot do.

It runs in a copy of the project whose requirements are empty, so that only its own work is tried.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real launcher and a command line that tells how it was called."""
    folder = tmp_path_factory.mktemp("somewhere") / "a project's folder"
    (folder / "cli").mkdir(parents=True)
    shutil.copy(ROOT / "hourbook", folder)
    (folder / "cli" / "__init__.py").touch()
    (folder / "cli" / "__main__.py").write_text("import os, sys\nprint(os.getcwd(), sys.argv[1:])\n")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("# nothing\n")
    return folder


def run(
    launcher: Path, *arguments: str, cwd: Path | None = None, path: Path | None = None,
) -> subprocess.CompletedProcess:
    environment = {**os.environ, **({"PATH": f"{path}:/usr/bin:/bin"} if path else {})}
    return subprocess.run(
        [launcher, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.slow
def test_two_first_starts_at_once_both_work(project: Path) -> None:
    shutil.rmtree(project / ".venv", ignore_errors=True)
    starts = [
        subprocess.Popen([project / "hourbook", "sync"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [(*start.communicate(timeout=120), start.returncode) for start in starts]
    assert [(out, code) for out, _, code in ends] == [(f"{project} ['sync']\n", 0)] * 2, ends
    assert sum("Installing the packages" in err for _, err, _ in ends) == 1


@pytest.mark.slow
def test_it_runs_from_anywhere_and_through_a_link(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "hb"
    link.symlink_to(project / "hourbook")
    ended = run(link, "ask", "a b", "--param", "x=1 2", cwd=tmp_path)
    assert ended.stdout == f"{project} ['ask', 'a b', '--param', 'x=1 2']\n", ended.stderr


@pytest.mark.slow
def test_a_repeated_start_installs_nothing_and_takes_no_time(project: Path) -> None:
    run(project / "hourbook")
    began = time.monotonic()
    ended = run(project / "hourbook")
    assert ended.stderr == ""
    assert time.monotonic() - began < 2  # about 0.05 s on a quiet machine


@pytest.mark.slow
def test_changed_requirements_are_installed_again(project: Path) -> None:
    run(project / "hourbook")
    (project / "requirements.txt").write_text("# nothing, but other\n")
    assert "Installing the packages of requirements.txt" in run(project / "hourbook").stderr


@pytest.mark.slow
def test_a_broken_environment_is_made_again(project: Path) -> None:
    run(project / "hourbook")
    (project / ".venv" / "bin" / "python").unlink()
    ended = run(project / "hourbook", "check")
    assert ended.stdout == f"{project} ['check']\n", ended.stderr


def test_a_python_that_is_too_old_is_named(project: Path, tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        program(tmp_path / "bin", name, 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    shutil.move(project / ".venv", tmp_path / "kept") if (project / ".venv").exists() else None
    ended = run(project / "hourbook", path=tmp_path / "bin")
    assert ended.returncode == 1
    assert "Python 3.11 or newer is needed; found: Python 3.9.2" in ended.stderr


@pytest.mark.slow
def test_who_is_not_root_is_told_the_line_to_run(project: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    program(programs, "id", "echo 1000")
    for name in ("bash", "dirname", "readlink", "sha256sum", "cut", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    program(programs, "python3", f'exec "{sys.base_prefix}/bin/python3" "$@"')
    ended = subprocess.run(
        [programs / "bash", project / "hourbook", "test"], env={"PATH": str(programs)},
        capture_output=True, text=True, check=False, timeout=120,
    )
    assert ended.returncode == 1
    assert "sudo apt-get install -y " in ended.stderr
    assert "chromium shellcheck" in ended.stderr


@pytest.mark.parametrize("code", [0, 3])
def test_what_pip_ignores_is_not_shown_but_its_errors_are(code: int, project: Path) -> None:
    shutil.rmtree(project / ".venv", ignore_errors=True)
    (project / ".venv").mkdir()
    program(project / ".venv" / "bin", "python", f"""
        [ "$3" = install ] || exit 0
        echo "WARNING: Location 'file:///nowhere' is ignored: it is neither a file nor a directory." >&2
        echo "WARNING: Something else" >&2
        exit {code}""")
    ended = run(project / "hourbook", "check")
    shutil.rmtree(project / ".venv")
    assert "is ignored" not in ended.stderr
    assert "WARNING: Something else\n" in ended.stderr
    assert ended.returncode == (1 if code else 0)
    assert ("pip could not install requirements.txt" in ended.stderr) == bool(code)


@pytest.mark.parametrize("script", ["hourbook", ".ci/run"])
def test_shell_scripts_are_clean(script: str) -> None:
    found = subprocess.run(["shellcheck", ROOT / script], capture_output=True, text=True, check=False)
    assert found.stdout == ""
    assert found.returncode == 0
