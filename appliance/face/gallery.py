"""The enrolled templates, encrypted at rest, each bound to its delegate and to the model that made it, and renewable.

Every delegate has a key of their own, wrapped by the gallery key, which lies outside the gallery. Forgetting overwrites
key and templates in the file (SQLite's secure_delete). What a memory card keeps of overwritten blocks is out of reach
here: it is sealed under the gallery key, and only a new gallery key or a destroyed card ends it for good.

Under the seal the descriptors are turned by a secret rotation (`face.rotation`), whose seed lies in a third place.
`renew` turns everything by a new one and destroys the old: a copy of gallery and gallery key that was taken before then
compares with nothing any more. `templates` hands out descriptors turned back. Matching turned ones would protect no
better: whoever reads the memory of the door finds the turn beside them, since every look must be turned by it too.

What a change is to the journal is kept here, in the same transaction, until somebody has stated it (`unstated`): a
power cut between the two leaves neither a template nor a deletion without its fact.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from appliance import events
from appliance.enrolment import Look
from appliance.errors import DeviceError, RecordError
from appliance.events import DelegateEnrolled, DelegateForgotten, Event, GalleryRenewed
from appliance.face import gallery_form as form
from appliance.face.gallery_form import bound, opened, sealed, transaction
from appliance.face.rotation import Seeds, Turn
from appliance.identification import Template, Vectors


@dataclass(frozen=True)
class Enrolment:
    """One line of the gallery.

    `consent` is the version of the text that was agreed to, `at` when: UTC, ISO 8601. `expires`: the UTC date on which
    the template is forgotten, empty where none was stated. `twin`: whom an operator confirmed to be another person
    although the faces are alike.
    """

    delegate: str
    images: int
    consent: str
    at: str
    expires: str
    twin: str


class Gallery:
    """One gallery file. Belongs to one thread; the commands that enrol may write while the door reads."""

    def __init__(self, path: Path, key: bytes, model: str, seeds: Path, *, read_only: bool = False) -> None:
        """Open or create; `read_only`: open one that is there, and never write to it.

        `key` is 32 bytes, `model` the sha256 of the embedder in use, `seeds` the folder of the rotation. A gallery of
        version 1 is brought to version 2. Raises `DeviceError` if another model made the gallery (both are named), if
        the key or the rotation is not the one it was made with, or if a later version of the appliance wrote it.
        """
        self._path, self._model, self._wrap, self._seeds = path, model, AESGCM(key), Seeds(seeds)
        try:
            self._db = _look_at(path) if read_only else _connect(path)
            if not read_only:
                form.create(self._db, self._wrap, model, self._seeds)
        except sqlite3.DatabaseError as error:
            raise DeviceError(
                f"{path}: cannot be used ({error}); restore it from the backup, or delete it and enrol everybody anew"
            ) from error
        self._check()
        if not read_only:
            form.bring_up(self._db, self._wrap, model, self._seeds)
        with self._reading():
            pass  # the seed is there: only then may others go
        if not read_only:
            self._destroy_old_seeds()

    def _check(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in form.READABLE:
            raise DeviceError(
                f"{self._path}: a gallery of version {version}, this software knows {form.VERSION}; update the "
                "appliance, or delete the gallery and enrol everybody anew"
            )
        model, check_value = self._db.execute("SELECT model, check_value FROM gallery").fetchone()
        if model != self._model:
            raise DeviceError(
                f"{self._path}: made by model {model}, the appliance uses {self._model}; templates of two models never "
                "compare: enrol everybody anew into an empty gallery, or put the former model back"
            )
        if opened(self._wrap, check_value, bound("check", model)) != b"gallery":
            raise DeviceError(f"{self._path}: gallery.key is not the key it was made with; restore it from the backup")

    # Reading ---------------------------------------------------------------------------------------------------------

    def enrolments(self) -> list[Enrolment]:
        """Who is enrolled, by id."""
        rows = self._db.execute(
            "SELECT id, count(*), consent, consented_at, expires, twin FROM delegate JOIN template ON delegate = id "
            "GROUP BY id ORDER BY id"
        )
        return [Enrolment(*row) for row in rows]

    def templates(self) -> list[Template]:
        """All descriptors, decrypted and turned back, by id.

        Raises `RecordError` naming a delegate whose template is damaged.
        """
        with self._reading() as turn:
            return [
                Template(who, _back(np.array([vector for vector, _ in looks]), turn))
                for who, looks in self._everybody()
            ]

    def looks(self) -> dict[str, tuple[Look, ...]]:
        """Delegate → what is known of each picture beside the descriptor. Raises as `templates` does."""
        with self._reading():
            return {who: tuple(look for _, look in looks) for who, looks in self._everybody()}

    def expired(self, today: str) -> list[str]:
        """Whose date has come; `today` is the UTC date."""
        rows = self._db.execute(
            "SELECT id FROM delegate WHERE expires <> '' AND expires <= ? ORDER BY id", (today,)
        ).fetchall()
        return [delegate for (delegate,) in rows]

    def cohort(self) -> Vectors:
        """Descriptors of people who are no delegates (n×128), for the threshold. Raises `RecordError` if damaged."""
        with self._reading() as turn:
            return _back(self._cohort(), turn)

    # Writing ---------------------------------------------------------------------------------------------------------

    def enrol(
        self,
        delegate: str,
        images: Sequence[NDArray[np.float32]],
        *,
        consent: str,
        at: str,
        expires: str = "",
        twin: str = "",
        looks: Sequence[Look] = (),
    ) -> None:
        """Keep the descriptors of one delegate's pictures, in place of any that were there.

        `looks` tells of each picture what is known beside the descriptor; empty: nothing.
        """
        known = tuple(looks) or (Look(),) * len(images)
        if len(known) != len(images):
            raise ValueError(f"{len(images)} descriptors and {len(known)} looks of {delegate}")
        fact = DelegateEnrolled(
            delegate=delegate, model=self._model, images=len(images), consent=consent, expires=expires
        )
        with transaction(self._db):
            name = self._rotation()
            turned = np.array(images, dtype=np.float64).reshape(-1, 128) @ self._seeds.turn(name)
            self._db.execute("DELETE FROM delegate WHERE id = ?", (delegate,))
            self._put(name, form.Row(delegate, consent, at, expires, twin), list(zip(turned, known, strict=True)))
            self._leave(fact)

    def forget(self, delegate: str, reason: str) -> bool:
        """Destroy one delegate's key and templates; False if nobody of that id was enrolled."""
        with transaction(self._db):
            gone = self._db.execute("DELETE FROM delegate WHERE id = ?", (delegate,)).rowcount == 1
            if gone:
                self._leave(DelegateForgotten(delegate=delegate, reason=reason))
        return gone

    def set_cohort(self, vectors: Vectors, reason: str) -> None:
        """Keep these descriptors (n×128) as the cohort, in place of any; none: forget it. The gallery is renewed."""
        self.renew(reason, np.asarray(vectors, dtype=np.float64).reshape(-1, 128))

    def renew(self, reason: str, cohort: NDArray[np.float64] | None = None) -> int:
        """Turn everything by a new secret rotation and destroy the old one; how many delegates there are.

        The new seed is durable before the templates are; the old one is destroyed after they are. A power cut leaves a
        seed too many, which the next opening destroys. Raises `RecordError` if a template is damaged, changing nothing.
        `cohort`: other descriptors (n×128) in place of those that were there.
        """
        with transaction(self._db):
            old, everybody = self._seeds.turn(self._rotation()), self._everybody()
            kept = self._cohort() @ old.T if cohort is None else cohort
            rows = {row.delegate: row for row in form.rows(self._db)}
            new = self._seeds.make()
            turn = self._seeds.turn(new)
            self._db.execute("DELETE FROM delegate")
            self._db.execute("UPDATE gallery SET rotation = ?", (new,))
            for who, looks in everybody:
                self._put(new, rows[who], [(vector @ old.T @ turn, look) for vector, look in looks])
            self._put_cohort(new, kept @ turn)
            self._leave(GalleryRenewed(delegates=len(everybody), cohort=len(kept), reason=reason))
        self._destroy_old_seeds()
        return len(everybody)

    # The journal's part ----------------------------------------------------------------------------------------------

    def unstated(self) -> list[tuple[str, Event]]:
        """What happened here and nobody has stated in the journal yet: id and fact, the oldest first."""
        rows = self._db.execute("SELECT id, kind, body FROM unstated ORDER BY number").fetchall()
        return [(fact_id, events.decode(kind, body)) for fact_id, kind, body in rows]

    def stated(self, fact_id: str) -> None:
        """The journal has it."""
        with transaction(self._db):
            self._db.execute("DELETE FROM unstated WHERE id = ?", (fact_id,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Rows ------------------------------------------------------------------------------------------------------------

    def _reading(self) -> AbstractContextManager[Turn]:
        return form.reading(self._db, lambda: self._seeds.turn(self._rotation()))

    def _rotation(self) -> str:
        (name,) = self._db.execute("SELECT rotation FROM gallery").fetchone()
        return str(name)

    def _destroy_old_seeds(self) -> None:
        with transaction(self._db):  # nobody else is about to commit a seed that was just made
            self._seeds.keep_only(self._rotation())

    def _everybody(self) -> list[tuple[str, form.Looks]]:
        """Still turned."""
        name = self._rotation()
        rows = self._db.execute("SELECT id, key FROM delegate ORDER BY id").fetchall()
        return [(delegate, self._looks(name, delegate, key)) for delegate, key in rows]

    def _looks(self, rotation: str, delegate: str, wrapped: bytes) -> form.Looks:
        key = opened(self._wrap, wrapped, bound("key", self._model, delegate))
        rows = self._db.execute("SELECT number, sealed FROM template WHERE delegate = ? ORDER BY number", (delegate,))
        found = [key and form.read_look(key, data, self._place(rotation, delegate, n)) for n, data in rows]
        whole = [look for look in found if look]
        if len(whole) != len(found) or not whole:
            raise RecordError(
                f"{self._path}: the template of {delegate} is damaged; run `appliance gallery forget {delegate}` and "
                f"enrol {delegate} anew"
            )
        return whole

    def _put(self, rotation: str, row: form.Row, looks: form.Looks) -> None:
        key = form.insert(self._db, self._wrap, self._model, row)
        for number, (vector, look) in enumerate(looks, 1):
            data = form.write_look(key, vector, look, self._place(rotation, row.delegate, number))
            self._db.execute("INSERT INTO template VALUES (?, ?, ?)", (row.delegate, number, data))

    def _cohort(self) -> NDArray[np.float64]:
        found = self._db.execute("SELECT sealed FROM cohort").fetchone()
        if found is None:
            return np.empty((0, 128))
        data = opened(self._wrap, found[0], bound("cohort", self._model, self._rotation()))
        if data is None or len(data) % 1024:
            raise RecordError(f"{self._path}: the cohort is damaged; run `appliance gallery cohort --forget`")
        return np.frombuffer(data, "<f8").reshape(-1, 128)

    def _put_cohort(self, rotation: str, vectors: NDArray[np.float64]) -> None:
        self._db.execute("DELETE FROM cohort")
        if len(vectors):
            data = sealed(self._wrap, vectors.astype("<f8").tobytes(), bound("cohort", self._model, rotation))
            self._db.execute("INSERT INTO cohort VALUES (?)", (data,))

    def _leave(self, fact: Event) -> None:
        fact_id = f"{type(fact).__name__}.{secrets.token_hex(16)}"
        self._db.execute(
            "INSERT INTO unstated (id, kind, body) VALUES (?, ?, ?)",
            (fact_id, type(fact).__name__, fact.model_dump_json().encode()),
        )

    def _place(self, rotation: str, delegate: str, number: int) -> bytes:
        """What a template is bound to: moved to another delegate, number, model or rotation it does not open."""
        return bound("template", self._model, rotation, delegate, str(number))


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    db = sqlite3.connect(path, isolation_level=None)
    path.chmod(0o600)
    for pragma in ("busy_timeout = 5000", "secure_delete = ON", "foreign_keys = ON", "synchronous = FULL"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _look_at(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise DeviceError(f"{path}: there is no gallery yet; `appliance gallery tidy` makes an empty one")
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
    db.execute("PRAGMA busy_timeout = 5000")
    return db


def _back(turned: NDArray[np.float64], turn: Turn) -> Vectors:
    return np.asarray(turned @ turn.T, dtype=np.float32)
