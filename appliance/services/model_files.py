"""Bringing a model file into the state directory: from its address, or from a file that somebody carried here."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from pathlib import Path

from appliance import __version__
from appliance.errors import DeviceError
from appliance.face.models import Model, check, digest_of, put

TIMEOUT = 30.0
"""Seconds without a byte."""
CHUNK = 1 << 16


def fetch(model: Model, folder: Path, *, source: Path | None = None, url: str = "") -> Path:
    """Put the model's file into `folder`, from the file `source` or from `url` (its own address if that is empty).

    What is there already with the right sha256 stays. Nothing is written before size and sha256 are right. Raises
    `DeviceError`, which says how to copy the file by hand where it was the network.
    """
    path = model.place(folder)
    if path.is_file() and digest_of(path) == model.sha256:
        return path
    if source is not None:
        data = _read(model, source)
        check(source, hashlib.sha256(data).hexdigest(), model.sha256, "that is another file; nothing was copied")
    else:
        data = _download(model, url or model.url, path)
    put(path, data)
    return path


def _read(model: Model, source: Path) -> bytes:
    try:
        size = source.stat().st_size
        if size != model.bytes:
            raise DeviceError(f"{source}: {size} bytes, {model.file} has {model.bytes}; nothing was copied")
        return source.read_bytes()
    except OSError as error:
        if isinstance(error, DeviceError):
            raise
        raise DeviceError(f"{source}: {error.strerror}") from error


def _download(model: Model, url: str, path: Path) -> bytes:
    by_hand = (
        f"nothing was kept. Without network: bring the file from {model.url} on a stick and run "
        f"`appliance models fetch --from FILE`, or copy it to {path}; its sha256 is {model.sha256}"
    )
    request = urllib.request.Request(url, headers={"User-Agent": f"appliance/{__version__}"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            data = b""
            # One byte too many is enough to know; a server may send without end.
            while len(data) <= model.bytes and (part := answer.read(min(CHUNK, model.bytes + 1 - len(data)))):
                data += part
    except urllib.error.HTTPError as error:
        raise DeviceError(f"{url}: the server says {error.code} {error.reason}; {by_hand}") from error
    except urllib.error.URLError as error:
        raise DeviceError(f"{url}: cannot be reached: {error.reason}; {by_hand}") from error
    except (OSError, http.client.HTTPException) as error:
        raise DeviceError(f"{url}: broken off: {error}; {by_hand}") from error
    if len(data) != model.bytes:
        found = "more" if len(data) > model.bytes else str(len(data))
        raise DeviceError(f"{url}: {found} bytes came, {model.file} has {model.bytes}; {by_hand}")
    found = hashlib.sha256(data).hexdigest()
    if found != model.sha256:
        raise DeviceError(f"{url}: sha256 is {found}, models.toml says {model.sha256}; {by_hand}")
    return data
