-- Sign-in secrets, never in clear but for the claim code, which must be shown at every start until it is used.
CREATE TABLE IF NOT EXISTS account (
    role       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (role, subject)
) STRICT;

CREATE TABLE IF NOT EXISTS secret (
    role    TEXT NOT NULL,
    subject TEXT NOT NULL,
    what    TEXT NOT NULL CHECK (what IN ('password', 'pin', 'code', 'link')),
    hash    TEXT NOT NULL,
    PRIMARY KEY (role, subject, what)
) STRICT;

CREATE INDEX IF NOT EXISTS link_by_hash ON secret (hash) WHERE what = 'link';

CREATE TABLE IF NOT EXISTS attempts (
    subject  TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last     REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS fixed (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
