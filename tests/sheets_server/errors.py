"""What Google answers when it refuses: one exception, and a maker for each body that was seen or reported."""

from __future__ import annotations


class ApiError(Exception):
    def __init__(self, code: int, status: str, message: str, details: list | None = None, body: dict | None = None):
        super().__init__(message)
        self.code, self.status, self.message, self.details = code, status, message, details
        self._body = body

    @property
    def body(self) -> dict:
        if self._body is not None:
            return self._body
        error = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def within(self, place: str) -> ApiError:
        """The same refusal, told with the place in the request: `Invalid requests[0].addSheet: …`."""
        if self.status != "INVALID_ARGUMENT" or self.details:
            return self
        return ApiError(self.code, self.status, f"Invalid {place}: {self.message}")


def invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message)


def bad_field(field: str, description: str) -> ApiError:
    violation = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": description}],
    }
    return ApiError(400, "INVALID_ARGUMENT", description, [violation])


def not_found() -> ApiError:
    return ApiError(404, "NOT_FOUND", "Requested entity was not found.")


def denied() -> ApiError:
    return ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")


def office_file() -> ApiError:
    return ApiError(400, "FAILED_PRECONDITION", "This operation is not supported for this document")


def unparsable(text: str) -> ApiError:
    return invalid(f"Unable to parse range: {text}")


def protected() -> ApiError:
    return invalid(
        "You are trying to edit a protected cell or object. "
        "Please contact the spreadsheet owner to remove protection if you need to edit."
    )


def drive_missing(file_id: str) -> ApiError:
    message = f"File not found: {file_id}."
    return ApiError(404, "NOT_FOUND", message, body=_drive(404, "notFound", message, "fileId"))


def drive_denied() -> ApiError:
    message = "The user does not have sufficient permissions for this file."
    return ApiError(403, "PERMISSION_DENIED", message, body=_drive(403, "insufficientFilePermissions", message))


def drive_invalid(message: str, location: str = "q") -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message, body=_drive(400, "invalid", message, location))


def _drive(code: int, reason: str, message: str, location: str | None = None) -> dict:
    """Drive's older shape of an error: a list of causes inside, and no status word."""
    cause = {"message": message, "domain": "global", "reason": reason}
    if location:
        cause |= {"location": location, "locationType": "parameter"}
    return {"error": {"code": code, "message": message, "errors": [cause]}}
