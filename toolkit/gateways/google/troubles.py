"""What the net and the token server do instead of answering, in words."""

from __future__ import annotations

from google.auth.exceptions import GoogleAuthError, RefreshError
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import ConnectTimeout, InvalidURL, ProxyError, RequestException, SSLError, Timeout
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError


def root_of(error: BaseException) -> BaseException:
    """What urllib3 met: requests and google-auth wrap it, each in its own way."""
    inner = error.args[0] if error.args else None
    if isinstance(error, MaxRetryError):
        inner = error.reason
    wraps = isinstance(error, (RequestException, GoogleAuthError, MaxRetryError)) and isinstance(inner, BaseException)
    return root_of(inner) if wraps and isinstance(inner, BaseException) else error


def is_untrusted(error: BaseException) -> bool:
    """A certificate that is not trusted: nothing was sent, and no patience helps."""
    return "CERTIFICATE_VERIFY_FAILED" in str(root_of(error))


def was_never_sent(error: BaseException) -> bool:
    """Whether the request certainly did not leave: no name, no connection, no proxy, no token.

    A time-out of the TLS handshake reads like one of the reply; it counts as sent, to be on the safe side.
    """
    if isinstance(error, (GoogleAuthError, ConnectTimeout, ProxyError, InvalidURL)) or is_untrusted(error):
        return True
    return isinstance(error, NoConnectionError) and isinstance(root_of(error), NewConnectionError)


def network_text(error: Exception, location: str) -> str:
    """One sentence about a connection that failed."""
    cause = error
    while isinstance(cause, GoogleAuthError) and cause.args and isinstance(cause.args[0], Exception):
        cause = cause.args[0]
    root = root_of(cause)
    if isinstance(root, NameResolutionError):
        return f"{location} cannot be reached: this computer has no network, or no DNS; the next run tries again"
    if is_untrusted(cause):
        return (
            f"{location} cannot be reached safely: its certificate is not trusted: set this computer's clock, or name "
            "your proxy's certificate in REQUESTS_CA_BUNDLE"
        )
    match cause:
        case ProxyError():
            return f"{location} cannot be reached: the proxy refuses or is away: mend HTTPS_PROXY of this user, or remove it"
        case Timeout():
            return f"{location} did not answer in time: see to the network; the next run tries again"
        case InvalidURL():
            return f"{location} is no address: mend `endpoint` in config.yaml"
        case SSLError() | NoConnectionError() | RequestException():
            kind = "refused" if isinstance(getattr(root, "__cause__", None), ConnectionRefusedError) else "broken off"
            return (
                f"{location} cannot be reached, the connection is {kind}: see to the network; the next run tries again"
            )
    return f"{location} cannot be opened: Google's sign-in fails ({cause}): see to the credentials file"


def token_text(error: RefreshError, location: str, account: str) -> str:
    """One sentence about a token that was not given. Only the first argument is shown: the reply may hold secrets."""
    who = account or "the account of the credentials file"
    said = str(error.args[0])[:200] if error.args else "no reason given"
    if error.retryable:
        return f"{location}: Google's sign-in is out of order ({said}); the next run tries again"
    if "iat and exp" in said or "short-lived" in said:
        return f"{location}: Google does not accept {who}: this computer's clock is wrong ({said}): set it"
    if "account not found" in said or "deleted_client" in said or "disabled_client" in said:
        return f"{location}: {who} does not exist any more ({said}): make a new one in the Cloud project, and share the sheet with it"
    if "expired or revoked" in said:
        return f"{location}: the token of {who} has expired or was revoked ({said}): remove the token file and make it anew"
    return (
        f"{location}: Google does not accept the key of {who} ({said}): it was revoked, or this computer's clock is "
        "wrong: set the clock, or download a new key"
    )
