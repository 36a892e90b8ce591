-- The journal: append-only by trigger, chained by hash, never forked (a second entry after the same one has the same prev).
PRAGMA application_id = 1634758762;
PRAGMA user_version = 1;

CREATE TABLE entry (
    seq    INTEGER PRIMARY KEY CHECK (seq >= 1),
    at     TEXT NOT NULL,
    clock  TEXT NOT NULL CHECK (clock IN ('synchronised', 'unsynchronised')),
    writer TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL UNIQUE,
    body   BLOB NOT NULL,
    prev   BLOB NOT NULL UNIQUE CHECK (length(prev) = 32),
    hash   BLOB NOT NULL UNIQUE CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

-- INSERT OR REPLACE deletes the row it replaces without asking the trigger above.
CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id OR prev = NEW.prev OR hash = NEW.hash)
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER entry_continues_the_chain BEFORE INSERT ON entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry)
  OR NEW.prev <> coalesce((SELECT hash FROM entry WHERE seq = NEW.seq - 1), zeroblob(32))
BEGIN SELECT raise(ABORT, 'the entry does not continue the chain'); END;
