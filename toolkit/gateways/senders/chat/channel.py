"""The chat channel: finds the room, keeps the bot's pace, posts once, and reads the answer for what it means."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from toolkit.core.message import NO_LIMITS, Accepted, Deferred, Letter, Message, Outcome, Rejected, Unknown, room_of
from toolkit.gateways.senders import LIMIT, LOGIN
from toolkit.gateways.senders.chat.service import Answer, Fault, Means, Post, Room, Service
from toolkit.gateways.senders.chat.webhook import READ_TIMEOUT, Webhook

MINUTE = timedelta(minutes=1)
DEFAULT = "default"
HEADLINE = 140
"""Characters; Slack takes 150."""
OK, REDIRECT, BAD, TOO_MANY, SERVER, BUSY = 200, 300, 400, 429, 500, (500, 503)
"""502 and 504 come from something in between that lost the answer: they leave the matter open."""


class ChatChannel:
    """Bots of one service, one for each room. `clock` is the real time: signatures and paces go by it."""

    is_folder = False
    limits = NO_LIMITS  # each bot has its own pace, kept below

    def __init__(
        self,
        service: Service,
        rooms: Mapping[str, Room],
        clock: Callable[[], datetime],
        more: Callable[[int], str],
        *,
        name: str = "chat",
        read_timeout: float = READ_TIMEOUT,
    ) -> None:
        self.name = name
        self._service = service
        self._rooms = rooms
        self._clock = clock
        self._more = more
        self._webhook = Webhook(read_timeout)
        self._posted: dict[str, deque[datetime]] = defaultdict(deque)

    def send(self, message: Message) -> Outcome:
        """Try once."""
        name, mobiles = room_of(message.to)
        room = self._rooms.get(name) or self._rooms.get(DEFAULT)
        if room is None:
            return Rejected("room", f"there is no room “{name}” under channels.chat")
        now = self._clock()
        if (free_at := self._free_at(room.webhook, now)) is not None:
            return Deferred(LIMIT, f"{self._service.name} takes {self._service.per_minute} posts a minute", free_at)
        address, payload = self._service.request(room, _post(message.letter, mobiles), now, self._more)
        answer = self._webhook.post(address, payload)
        self._posted[room.webhook].append(now)
        return self._outcome(answer) if isinstance(answer, Answer) else answer

    def close(self) -> None:
        """Let go of connections."""
        self._webhook.close()

    def _free_at(self, bot: str, now: datetime) -> datetime | None:
        """When the bot takes the next post, if not now: DingTalk answers the 21st with ten minutes of silence."""
        posted = self._posted[bot]
        while posted and posted[0] <= now - MINUTE:
            posted.popleft()
        return posted[0] + MINUTE if len(posted) >= self._service.per_minute else None

    def _outcome(self, answer: Answer) -> Outcome:
        if answer.status == TOO_MANY:
            return self._limit("429", "", answer.retry_after)
        if REDIRECT <= answer.status < BAD:
            return Deferred(LOGIN, f"{answer.status}: the webhook leads elsewhere; copy the bot's address anew")
        if answer.status >= SERVER:
            words = f"{answer.status} from {self._service.name}"
            return Deferred(str(answer.status), words) if answer.status in BUSY else Unknown(words)
        try:
            refused = self._service.refused(answer)
        except ValueError as error:
            return Unknown(str(error)) if answer.status == OK else Deferred(str(answer.status), str(error))
        if refused is None:
            return Accepted(self._service.name)
        code, words = refused
        return self._judged(self._service.fault(code), code, words, answer.retry_after)

    def _judged(self, fault: Fault, code: str, words: str, retry_after: int | None) -> Outcome:
        text = "; ".join(part for part in (f"{self._service.name} {code} {words}".strip(), fault.advice) if part)
        match fault.means:
            case Means.LIMIT:
                return self._limit(code, words, retry_after)
            case Means.STOP:
                return Deferred(LOGIN, text)
            case Means.LATER:
                return Deferred(code, text)
            case Means.NEVER:
                return Rejected(code, text)

    def _limit(self, code: str, words: str, retry_after: int | None) -> Outcome:
        wait = timedelta(seconds=retry_after) if retry_after is not None else self._service.pause
        return Deferred(
            LIMIT, f"{self._service.name} {code} {words}".strip() + ": too many posts", self._clock() + wait
        )


def _post(letter: Letter, mobiles: tuple[str, ...]) -> Post:
    """The first line heads the post; one too long for that is said whole below."""
    text = letter.text
    headline, _, rest = text.strip().partition("\n")
    if len(headline) > HEADLINE:
        headline, rest = headline[: HEADLINE - 1] + "…", text
    rest = rest.strip("\n")
    if rest.startswith(
        headline + "\n"
    ):  # a letter without a text of its own for chat begins with its subject and its heading
        rest = rest.removeprefix(headline).lstrip("=\n")
    return Post(headline.strip(), rest, mobiles, letter.links)
