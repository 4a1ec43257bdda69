"""Routes of the upload dialog, ``assets/app/upload.mjs``. All answer with what is known of the upload.

POST   /uploads                   open one
PUT    /uploads/<id>/files/<name> hand over a file, its bytes as the body
POST   /uploads/<id>/check        {"file", "layer", "mapping"}: look at it, read it, store nothing
POST   /uploads/<id>/load         the same, and store it
GET    /uploads/<id>              how far it is
GET    /uploads/<id>/refused.csv  the rows refused
POST   /uploads/<id>/stop         end what it is at
DELETE /uploads/<id>              end it and remove its files
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue

from dashboard.errors import UploadError, WriteRefusedError
from dashboard.uploads import access
from dashboard.uploads.jobs import Uploads
from dashboard.uploads.upload import REFUSED, check_size

__all__ = ["register"]

_WORDS = ("file", "layer", "mapping")
_COMMAND_BYTES = 1 << 20


def register(server: Flask, uploads: Uploads | None) -> None:
    """Add the routes; without uploads they say that this server takes no files."""
    routes = Blueprint("uploads", __name__, url_prefix="/uploads")
    server.register_blueprint(_closed(routes) if uploads is None else _open(routes, uploads))


def _closed(routes: Blueprint) -> Blueprint:
    def refuse(**_: str) -> ResponseReturnValue:
        remedy = "Start it with --write on, or let it listen on 127.0.0.1; or use `conflict-map import FILE`."
        raise WriteRefusedError("this server takes no files", remedy=remedy)

    for path in ("", "/<path:rest>"):
        routes.add_url_rule(path, endpoint=f"closed{len(path)}", view_func=refuse, methods=["GET", "POST", "PUT"])
    return routes


def _open(routes: Blueprint, uploads: Uploads) -> Blueprint:
    routes.before_request(lambda: access.check(request, uploads.write))
    hands = _Hands(uploads)
    for method, path, view in (
        ("POST", "", hands.begin),
        ("PUT", "/<upload_id>/files/<path:name>", hands.receive),
        ("POST", "/<upload_id>/check", hands.check),
        ("POST", "/<upload_id>/load", hands.load),
        ("POST", "/<upload_id>/stop", hands.stop),
        ("GET", "/<upload_id>", hands.tell),
        ("GET", "/<upload_id>/refused.csv", hands.refused),
        ("DELETE", "/<upload_id>", hands.close),
    ):
        routes.add_url_rule(path, view_func=view, methods=[method])
    return routes


class _Hands:
    """The views."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    def begin(self) -> ResponseReturnValue:
        upload = self._uploads.open()
        return {"id": upload.id, **upload.told()}, 201

    def receive(self, upload_id: str, name: str) -> ResponseReturnValue:
        upload = self._uploads.get(upload_id)
        check_size(request.content_length or 0, self._uploads.limits)
        upload.receive(name, request.stream)
        return upload.told()

    def check(self, upload_id: str) -> ResponseReturnValue:
        upload = self._uploads.get(upload_id)
        self._uploads.check(upload, _command())
        return upload.told()

    def load(self, upload_id: str) -> ResponseReturnValue:
        upload = self._uploads.get(upload_id)
        self._uploads.load(upload, _command())
        return upload.told()

    def stop(self, upload_id: str) -> ResponseReturnValue:
        upload = self._uploads.get(upload_id)
        self._uploads.stop(upload)
        return upload.told()

    def tell(self, upload_id: str) -> ResponseReturnValue:
        return self._uploads.get(upload_id).told()

    def refused(self, upload_id: str) -> ResponseReturnValue:
        path = self._uploads.get(upload_id).folder / REFUSED
        response = Response(path.read_bytes() if path.exists() else b"", mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{REFUSED}"'
        return response

    def close(self, upload_id: str) -> ResponseReturnValue:
        self._uploads.close_one(self._uploads.get(upload_id))
        return "", 204


def _command() -> Mapping[str, Any]:
    """The words of a command in the body, and nothing else of it."""
    request.max_content_length = _COMMAND_BYTES
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise UploadError("the request holds no JSON object", remedy="Reload the page.")
    return {word: found[word] for word in _WORDS if word in found}
