"""How Elasticsearch's archive gets here, and that everything goes on when it cannot."""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import zipfile
from pathlib import Path

import pytest

from loyalty.embedded import Embedded, EmbeddedError, archive, elasticsearch, stack
from loyalty.embedded.process import began, wait_until

TOP = f"{archive.ARTIFACT}-{archive.VERSION}"


def packed(place: Path) -> Path:
    """A small archive in the shape of the real one."""
    with zipfile.ZipFile(place, "w") as made:
        made.writestr(f"{TOP}/bin/elasticsearch", "#!/bin/bash\n")
        made.writestr(f"{TOP}/config/jvm.options", "-Xms1g\n")
    return place


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Maven repository of the test's own, and an archive whose checksum is the expected one."""
    original = packed(tmp_path / "original.zip")
    monkeypatch.setattr(archive, "SHA256", hashlib.sha256(original.read_bytes()).hexdigest())
    monkeypatch.setenv("M2_REPO", str(tmp_path / "repository"))
    return tmp_path / "repository"


def deliver(content: bytes) -> None:
    def fetch(repository: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        with (repository / "fetched").open("a") as count:
            count.write(".")

    archive.fetch = fetch  # in the process that fetches; the fixture of the test puts the real one back


@pytest.fixture(autouse=True)
def real_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "fetch", archive.fetch)


def install(cache: Path, content: bytes) -> None:
    deliver(content)
    archive.installed(cache)


def test_many_starts_at_once_fetch_and_unpack_once(repository: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    content = (tmp_path / "original.zip").read_bytes()
    fork = multiprocessing.get_context("fork")
    starts = [fork.Process(target=install, args=(cache, content)) for _ in range(6)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert [start.exitcode for start in starts] == [0] * 6
    assert (repository / "fetched").read_text() == "."
    assert sorted(found.name for found in cache.iterdir()) == [TOP, "elasticsearch.lock"]
    assert (cache / TOP / "config" / "jvm.options").read_text() == "-Xms1g\n"


def test_an_archive_that_an_interrupted_download_left_is_fetched_again(repository: Path, tmp_path: Path) -> None:
    left = archive.archive_in(repository)
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    deliver((tmp_path / "original.zip").read_bytes())
    assert (archive.installed(tmp_path) / "bin" / "elasticsearch").exists()


def test_an_archive_with_another_checksum_is_never_unpacked(repository: Path, tmp_path: Path) -> None:
    deliver(packed(tmp_path / "forged.zip").read_bytes() + b"more")
    with pytest.raises(EmbeddedError, match="does not have the expected checksum"):
        archive.installed(tmp_path)
    assert not (tmp_path / TOP).exists()
    assert not archive.archive_in(repository).exists()


def test_the_archive_in_use_is_the_pinned_one() -> None:
    assert archive.VERSION == "8.17.4"
    assert len(archive.SHA256) == 64


@pytest.mark.parametrize("reason", ["switched off", "no network", "little memory", "a bad start", "too slow a start", "a full disk"])
def test_without_elasticsearch_everything_goes_on_and_one_line_says_so(
    reason: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"EMBEDDED_ELASTICSEARCH": "off"} if reason == "switched off" else {}
    if reason == "no network":
        monkeypatch.setenv("EMBEDDED_CACHE", str(place / "empty cache"))
        monkeypatch.setenv("M2_REPO", str(place / "empty repository"))
        monkeypatch.setattr(archive, "FETCH", "raise SystemExit('Could not resolve host')")
        monkeypatch.setattr(elasticsearch, "find_system_elasticsearch", lambda: None)
    if reason == "little memory":
        monkeypatch.setattr(elasticsearch, "NEEDED_MEMORY", 10**15)
    if reason == "a bad start":
        launch_by(monkeypatch, place, "echo one; echo two; exit 1")
    if reason == "too slow a start":
        monkeypatch.setattr(elasticsearch, "START_SECONDS", 3)
        launch_by(monkeypatch, place, "sleep 4321 & echo $! > left; wait")
    if reason == "a full disk":
        monkeypatch.setattr(archive, "installed", no_space)
    services = stack.Embedded(place, environ=environ)
    environment = services.up(("elasticsearch",))
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith(("…", "✓"))]
    assert len(said) == 1
    assert "PostgreSQL answers searches" in said[0]
    assert "ELASTICSEARCH_URL" not in environment
    services.down()
    if reason == "too slow a start":
        assert wait_until(lambda: began(int((services.elasticsearch.folder / "left").read_text())) is None, 5)


def launch_by(monkeypatch: pytest.MonkeyPatch, place: Path, script: str) -> None:
    """Elasticsearch's launcher is this script of bash."""
    launcher = place / "launcher"
    launcher.write_text(script + "\n")
    config = packed_config(place / "configuration")
    monkeypatch.setattr(elasticsearch.Elasticsearch, "_program", lambda self: elasticsearch.Program(launcher, config, None))


def packed_config(folder: Path) -> Path:
    folder.mkdir()
    for name in ("jvm.options", "log4j2.properties"):
        (folder / name).write_text("")
    return folder


def no_space(cache: Path) -> Path:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_download_that_stands_still_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PATIENCE", 0.5)
    monkeypatch.setattr(archive, "FETCH", "import time; time.sleep(60)")
    with pytest.raises(EmbeddedError, match=r"cannot be fetched \(nothing arrived"):
        archive.fetch(tmp_path / "repository", tmp_path / "archive.zip")


def test_the_services_of_a_folder_know_what_they_need_to_start_elasticsearch(place: Path) -> None:
    program = Embedded(place, environ={}).elasticsearch._program()
    assert program.launcher.exists()
    assert program.java is not None
    assert (program.java / "bin" / "java").exists()
