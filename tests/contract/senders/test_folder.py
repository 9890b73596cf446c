"""What only folders can do wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.contract.outbox_samples import NOW, letter
from tests.contract.sender_samples import SENDER, clock
from toolkit.core.message import Accepted, Deferred
from toolkit.gateways.senders.folder import FolderChannel


@pytest.mark.parametrize(("name", "sender", "ending"), [("email", SENDER, "eml"), ("sms", None, "txt")])
def test_a_repeat_overwrites_its_file_even_on_another_day_and_in_another_process(tmp_path, name, sender, ending):
    moments = iter([NOW, NOW + timedelta(days=3), NOW + timedelta(days=4)])
    for text in ("one", "two", "three"):
        moment = next(moments)
        outcome = FolderChannel(tmp_path, lambda at=moment: at, name=name, sender=sender).send(letter(text=text))
    (path,) = tmp_path.rglob("*.*")
    assert path.relative_to(tmp_path).as_posix() == outcome.provider_id
    assert outcome.provider_id.startswith("2026-11-23/020000-visit-T1-")
    assert path.suffix == f".{ending}"
    assert b"three" in path.read_bytes()


def test_file_names_stay_inside_the_folder_and_within_the_limits_of_every_system(tmp_path):
    odd = letter(row_key="门店/1:" + "很" * 300, notice="..")
    outcome = FolderChannel(tmp_path, clock, name="sms").send(odd)
    (path,) = tmp_path.rglob("*.txt")
    assert path.parent == tmp_path / "2026-11-23"
    assert len(path.name.encode()) < 200
    assert not set('<>:"/\\|?*') & set(path.name)
    assert isinstance(outcome, Accepted)


def test_the_same_key_on_two_channels_is_two_files(tmp_path):
    for name in ("sms", "chat"):
        FolderChannel(tmp_path, clock, name=name).send(letter())
    assert len(list(tmp_path.rglob("*.txt"))) == 2


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path):
    (tmp_path / "outbox").write_text("a file")
    outcome = FolderChannel(tmp_path / "outbox", clock, name="sms").send(letter())
    assert isinstance(outcome, Deferred)


def test_a_kill_between_writing_and_naming_leaves_no_half_letter(tmp_path, monkeypatch):
    channel = FolderChannel(tmp_path, clock, sender=SENDER)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            channel.send(letter())
    assert list(tmp_path.rglob("*.eml")) == []
    assert isinstance(FolderChannel(tmp_path, clock, sender=SENDER).send(letter()), Accepted)
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
