"""The errors that the platform raises on purpose. Each message says what a person does next; none carries a secret."""

# ruff: noqa: N818 - an error is named for what happened: LockLost says more than LockError

from datetime import datetime
from typing import Any


class CatalogError(Exception):
    """Every error of ours.

    Attributes:
        exit_status: with which a command ends that meets it.
    """

    exit_status: int = 2


class SettingsError(CatalogError):
    """A setting is missing or cannot be used."""


class EmbeddedServerError(CatalogError):
    """The embedded PostgreSQL server cannot be installed, started or reached."""


class DatabaseError(CatalogError):
    """A database cannot be reached, or is not in the state that the code needs."""


class UnknownItem(CatalogError):
    """Nothing is known of what somebody asked for by its id: an answer rather than a failure."""

    exit_status = 1


class OriginMismatch(CatalogError):
    """The source database holds another origin's data: nothing may be written."""


class LockLost(CatalogError):
    """The advisory lock of a fetch or merge went away with its connection: nothing more may be written."""


class AlreadyRunning(CatalogError):
    """Somebody else does this already: a second `catalog up`, a second load of a kind."""


class AlertError(CatalogError):
    """A channel did not take an alert; it is tried again. Never names the channel's address."""


class ImageStoreError(CatalogError):
    """The image store cannot be written, read or listed."""


class SignInNeeded(CatalogError):
    """A user's sign-in to a service has ended, or its stored tokens cannot be read: only the user can mend it."""


class ServiceError(CatalogError):
    """A service did not give what was asked.

    Attributes:
        service: such as `hotstar`.
        endpoint: path of the request, without parameters; empty where none was made.
        status: HTTP status, or None where no answer came.
        retryable: whether the same request may succeed later without anybody's doing.
        body: of the answer that refused; empty where none came, and in another process.
    """

    retryable: bool = True
    body: bytes = b""

    def __init__(self, message: str, service: str, endpoint: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.service = service
        self.endpoint = endpoint
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.service, self.endpoint, self.status)


class PermanentServiceError(ServiceError):
    """Asking again brings the same: 401, 403 after one new token, 404, 400, 422 and their like."""

    retryable = False


class NotAnImage(ServiceError):
    """What came in place of a picture is none, or is too large."""

    retryable = False


class ClocksDiffer(ServiceError):
    """The database's clock and the service's show different times: a budget of days cannot be kept."""


class ServiceUnreachable(ServiceError):
    """No answer came: refused, dropped, cut off, or no address for the name."""


class ServiceBusy(ServiceError):
    """The service kept answering 429 although its Retry-After was obeyed."""


class ServicePaused(ServiceError):
    """Nothing may be asked before a known time.

    Attributes:
        until: that time, by the database's clock.
    """

    def __init__(
        self, message: str, service: str, endpoint: str = "", status: int | None = None, until: datetime | None = None
    ) -> None:
        super().__init__(message, service, endpoint, status)
        self.until = until

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.service, self.endpoint, self.status, self.until)


class ServiceResting(ServicePaused):
    """The service failed again after every rest that this run may wait for."""


class BudgetSpent(ServicePaused):
    """The units of a day or month are used up: a normal end of work, not a failure."""
