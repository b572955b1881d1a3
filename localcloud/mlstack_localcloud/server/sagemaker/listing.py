"""List operations: filters, order and pages, the same for every resource.

A page's token holds where the page before ended, not a number of rows, so that what is created meanwhile neither
repeats nor hides anything.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.errors import validation_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack_localcloud.server.sagemaker.ports import Document

_DEFAULT_PAGE = 10  # What SageMaker returns without MaxResults, by the documentation of ListEndpoints.


@dataclass(frozen=True)
class Listing:
    """How one resource is listed.

    Attributes:
        result: The member that holds the list, such as `Models`.
        name: The member that holds an item's name.
        status: The member that `StatusEquals` compares, or None.
        members: The members of an item in the list.
        descending: Whether the newest come first unless asked otherwise; see the operations' documentation.
        page: The number of items of a page unless asked otherwise.
    """

    result: str
    name: str
    members: tuple[str, ...]
    status: str | None = None
    descending: bool = True
    page: int = _DEFAULT_PAGE

    def answer(self, request: Document, documents: Sequence[Document]) -> Document:
        """Return one page of what a request asks for.

        Args:
            request: The list request.
            documents: Everything that could be listed.

        Raises:
            ServiceError: ValidationException for a token that this service did not make.
        """
        found = [document for document in documents if self._wanted(request, document)]
        sort_by = request.get("SortBy", "CreationTime")
        descending = request.get("SortOrder", "Descending" if self.descending else "Ascending") == "Descending"
        found.sort(key=self._order(sort_by), reverse=descending)
        found = self._after_token(found, request.get("NextToken"), self._order(sort_by), descending)
        size = request.get("MaxResults", self.page)
        page = found[:size]
        answer: Document = {self.result: [self._summary(document) for document in page]}
        if len(found) > size:
            answer["NextToken"] = _token(self._order(sort_by)(page[-1]))
        return answer

    def _summary(self, document: Document) -> Document:
        return {member: document[member] for member in self.members if member in document}

    def _order(self, sort_by: str) -> Callable[[Document], tuple[Any, str]]:
        name = self.name
        if sort_by == "Name":
            return lambda document: (document[name], document[name])
        if sort_by == "Status" and self.status:
            status = self.status
            return lambda document: (document[status], document[name])
        return lambda document: (document.get("CreationTime", 0), str(document[name]))

    def _wanted(self, request: Document, document: Document) -> bool:
        name = str(document[self.name])
        if request.get("NameContains", "").lower() not in name.lower():
            return False
        if self.status and request.get("StatusEquals", document[self.status]) != document[self.status]:
            return False
        created: float = document.get("CreationTime", 0)
        modified: float = document.get("LastModifiedTime") or created
        return (
            _within(created, request.get("CreationTimeAfter"), request.get("CreationTimeBefore"))
            and _within(created, request.get("CreatedAfter"), request.get("CreatedBefore"))
            and _within(modified, request.get("LastModifiedTimeAfter"), request.get("LastModifiedTimeBefore"))
        )

    def _after_token(
        self,
        documents: list[Document],
        token: str | None,
        order: Callable[[Document], tuple[Any, str]],
        descending: bool,
    ) -> list[Document]:
        if token is None:
            return documents
        last = _position(token)
        try:
            return [
                document for document in documents if (order(document) < last if descending else order(document) > last)
            ]
        except TypeError as error:
            raise _invalid_token() from error


def _within(time: float, after: float | None, before: float | None) -> bool:
    return (after is None or time > after) and (before is None or time < before)


def _token(position: tuple[Any, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _position(token: str) -> tuple[Any, str]:
    try:
        value, name = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError) as error:
        raise _invalid_token() from error
    return value, name


def _invalid_token() -> Exception:
    return validation_error("Invalid NextToken.")
