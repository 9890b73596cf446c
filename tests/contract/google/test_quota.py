"""The pace of an account: never more than Google allows in any minute, whoever asks."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from tests.contract.google.scripted import Answer, Time, refusal
from toolkit.core.errors import BookError
from toolkit.gateways.google.quota import Pace, pace_file


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pace.json"


def _pace(path, time, **limits):
    return Pace(path, clock=time, sleep=time.sleep, **limits)


def _most_in_a_minute(moments):
    return max(sum(start <= one < start + 60 for one in moments) for start in moments)


def test_fifty_five_of_a_kind_go_at_once_and_then_it_waits(path, time):
    pace = _pace(path, time)
    assert [pace.take("read") for _ in range(55)] == [0] * 55
    assert pace.take("write") == 0
    assert pace.take("read") == 60
    assert time.sleeps == [60]


def test_fifty_books_get_through_and_no_minute_has_more_than_it_may(path, time):
    moments = []
    for _ in range(50):
        pace = _pace(path, time)  # each book its own, through the file
        for _ in range(4):
            pace.take("read")
            moments.append(time.now)
            time.now += 0.4
    assert _most_in_a_minute(moments) <= 55
    assert moments[-1] - moments[0] < 4 * 60


def test_whoever_came_first_goes_first(path):
    """Processes that wait at the same time each have their own moment, in the order they came."""
    one, other = Time(), Time()
    _pace(path, one, reads=1).take("read")
    _pace(path, one, reads=1).take("read")
    _pace(path, other, reads=1).take("read")  # its clock still stands at the start
    assert (one.now, other.now) == (1060, 1120)


def test_a_429_makes_all_processes_wait_a_minute(path, time):
    _pace(path, time).refused("write")
    other = _pace(path, time)
    assert other.take("read") == 0
    assert other.take("write") == 60
    assert other.take("write") == 0


def test_a_429_that_comes_while_others_wait_makes_them_queue_anew(path):
    time = Time()

    def sleep(seconds):
        time.sleep(seconds)
        if len(time.sleeps) == 1:
            Pace(path, clock=time).refused("read")

    pace = Pace(path, reads=1, clock=time, sleep=sleep)
    pace.take("read")
    assert pace.take("read") == 120


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe\x00", b'{"read": {"moments": 3, "held": 0}}', b'{"read": null, "write": null}'],
)
def test_a_damaged_file_counts_as_empty_and_is_mended(path, time, content):
    path.write_bytes(content)
    assert _pace(path, time).take("read") == 0
    assert json.loads(path.read_bytes())["read"]["moments"] == [1000.0]


@pytest.mark.parametrize("held", [1e12, float("nan"), float("inf")])
def test_moments_that_a_wrong_clock_wrote_stop_nobody(path, time, held):
    moments = [1e12] * 99 + [float("nan")]
    path.write_text(json.dumps({one: {"moments": moments, "held": held} for one in ("read", "write")}))
    assert _pace(path, time).take("read") == 0


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
def test_the_file_is_this_users_own_and_a_link_in_its_place_is_not_followed(path, time, tmp_path, caplog):
    _pace(path, time).take("read")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    path.symlink_to(victim)
    pace = _pace(path, time, reads=1)
    assert [pace.take("read"), pace.take("read")] == [0, 60]  # the pace is kept, by this process alone
    assert victim.read_text() == "precious"
    assert caplog.text.count("counts its Google calls for itself") == 1


def test_where_no_file_can_be_kept_the_pace_is_kept_by_this_process_alone(tmp_path, time):
    pace = _pace(tmp_path / "no" / "folder" / "pace", time, writes=2)
    assert [pace.take("write") for _ in range(3)] == [0, 0, 60]


def test_the_name_of_the_file_does_not_tell_whose_it_is():
    one, other = pace_file("desk@shop.cn"), pace_file("desk@shop.com")
    assert one != other
    assert "desk" not in one.name


def test_processes_that_run_at_once_share_one_pace(path):
    """Real processes and a real lock; time stands still, so that each moment that is given away stays in the file."""
    program = (
        "import sys; from pathlib import Path; from toolkit.gateways.google.quota import Pace\n"
        "pace = Pace(Path(sys.argv[1]), clock=lambda: 1000.0, sleep=lambda seconds: None)\n"
        "for _ in range(40): pace.take('read')"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    assert [run.wait(timeout=60) for run in runs] == [0, 0, 0]
    moments = json.loads(path.read_bytes())["read"]["moments"]
    assert [moments.count(one) for one in (1000, 1060, 1120)] == [55, 55, 10]


def test_a_429_from_the_api_fills_the_bucket_that_others_see(script, api, time, path):
    server = script(refusal(429))
    with pytest.raises(BookError, match="quota"):
        api(server, pace=_pace(path, time)).read(["A1"])
    start = time.now
    server.answers = [Answer(body={"valueRanges": []})]
    other = api(server, pace=_pace(path, time))
    other.read(["A1"])
    assert 0 < time.now - start <= 60
