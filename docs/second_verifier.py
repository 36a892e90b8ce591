"""A second verifier of appliance records, by docs/record-format.md: Python's standard library alone, nothing of ours.
    python3 second_verifier.py FILE [--fingerprint HEX]
Exit status: 0 intact and signed by the key named; 3 intact, no key named; 1 not intact; 2 wrong usage, unreadable file.
Ed25519 is written out from RFC 8032. At most 200 lines, to be read in one sitting: hence the close setting.
"""

# fmt: off
# ruff: noqa: C408, SIM905
import base64
import hashlib
import json
import re
import sys

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
BY = dict.fromkeys("DeviceInstalled BoxClaimed ConfigurationChanged CredentialIssued MeetingConvened MeetingEnded "
    "CheckInRevoked BallotOpened VoteCast VoteRefused BallotClosed ResultSigned CommandAccepted".split(), "ballot")
BY |= dict.fromkeys(("ServiceStarted", "PartFailed", "PartRestored", "CheckedIn"), "ballot door")
BY |= dict(FaceNotIdentified="door", DelegateEnrolled="gallery", DelegateForgotten="gallery", GalleryRenewed="gallery")
# A form: a type, a set of permitted texts, [form] a list, {...: form} an object of any keys, or one of exactly these.
VOTE, OUTCOME = {"for", "against", "abstain"}, {"carried", "lost", "tied"}
PERSON = dict.fromkeys(("id", "name", "title", "unit"), str) | {"role": {"member"}, "seat": object}
RESULT = dict.fromkeys("site device public_key software configuration meeting meeting_title ballot item question chair "
                       "opened_at closed_at".split(), str) | {
    "type": {"result"}, "method": {"open"}, "models": {...: str}, "electorate": [PERSON], "present": [str],
    "rule": {"preset": {"ubnd"}, "quorum": int, "quorum_article": str, "needed": int, "needed_article": str},
    "votes": {...: VOTE}, "tally": dict.fromkeys(VOTE | {"not_cast", "absent"}, int), "head": {"seq": int, "hash": str},
    "verdict": {"outcome": OUTCOME, "sentence": {"vi": str, "en": str}, "readings": [OUTCOME]}}
ENTRY = dict.fromkeys(("at", "body", "clock", "hash", "id", "kind", "prev", "writer"), str) | {"seq": int}
SAME = "meeting item question method preset quorum needed chair electorate present opened_at closed_at votes".split()
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def need(condition, why):
    if not condition:
        raise ValueError(why)

def add(a, b):  # RFC 8032, 5.1.4: extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P

def point(data):  # RFC 8032, 5.1.3
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and (x or not sign), "the public key is no point of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

def signature_holds(key, message, signature):  # RFC 8032, 5.1.7: [S]B = R + [k]A, asked as encode([S]B + [k](-A)) = R
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    base, (x, y, z, t) = point(b"\x58" + 31 * b"\x66"), point(key)
    minus, total = (P - x, y, z, P - t), (0, 1, 1, 0)
    table = (None, base, minus, add(base, minus))
    for bit in range(252, -1, -1):
        total, digit = add(total, total), (s >> bit & 1) + 2 * (k >> bit & 1)
        total = add(total, table[digit]) if digit else total
    x, y = (part * pow(total[2], -1, P) % P for part in total[:2])
    return len(signature) == 64 and s < L and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]

def fits(value, form, name):
    kind = form if isinstance(form, type) else str if isinstance(form, set) else type(form)
    need(kind in (object, type(value)) and (form is str or kind is not str or value in form), f"{name}: {value!r:.9}")
    need(kind is not dict or ... in form or set(form) == set(value), f"{name} has not the fields it should have")
    for key, inner in value.items() if kind is dict else [(0, part) for part in value] if kind is list else ():
        fits(inner, form[... if ... in form else key], f"{name}.{key}")

def exact(data, form, name):
    value = json.loads(data)
    again = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    need(again == data, f"{name} is not in its exact spelling")
    fits(value, form, name)
    return value

def bytes_of(text, name):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, f"{name} is not in its exact base64 spelling")
    return data

def opened(data):
    outer = exact(data, {"payload": str, "payloadType": str, "signatures": [{"keyid": str, "sig": str}]}, "the file")
    payload, kind, (by,) = bytes_of(outer["payload"], "the payload"), outer["payloadType"], outer["signatures"]
    statement, signature = exact(payload, {...: object}, "the payload"), bytes_of(by["sig"], "the signature")
    key = bytes_of(statement.get("public_key", ""), "the public key")
    right = len(key) == 32 and hashlib.sha256(key).hexdigest() == by["keyid"]
    signed = b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(payload), payload)
    return kind, statement, by["keyid"], right, right and signature_holds(key, signed, signature)

def check_result(data, trusted, step):  # calls `step` for each of the eight, which raises where one does not hold
    kind, statement, keyid, right, holds = opened(data)
    step("1. The file is one envelope in its exact spelling")
    step("2. The envelope holds a result", kind == "application/vnd.appliance.result.v1+json", f"it holds {kind!r}")
    step("3. The key in the statement is the key named on the envelope", right, f"which is {keyid}")
    step("4. The signature holds over the exact bytes", holds, "something was altered")
    step("5. The signer is one you trust", trusted in (None, keyid), f"signed by {keyid}, not by the key named")
    fits(statement, RESULT, "the statement")
    step("6. The statement has the form of a result")
    people, present, votes = [p["id"] for p in statement["electorate"]], statement["present"], statement["votes"]
    need(len(set(people)) == len(people) and len(set(present)) == len(present), "a delegate is named twice")
    need(set(votes) <= set(present) <= set(people) >= {statement["chair"]} - {""}, "somebody is named who is no member")
    tally = {choice: [*votes.values()].count(choice) for choice in VOTE}
    tally |= {"not_cast": len(present) - len(votes), "absent": len(people) - len(present)}
    step("7. The electorate, the present and the votes agree with the counts", tally == statement["tally"], str(tally))
    n, yes, no, side = len(people), tally["for"], tally["against"], votes.get(statement["chair"])
    rule, found, quorum, needed = statement["rule"], statement["verdict"], (2 * n + 2) // 3, n // 2 + 1
    need((rule["quorum"], rule["needed"]) == (quorum, needed), f"of {n}, quorum is {quorum} and {needed} are needed")
    need(len(present) >= quorum, f"{len(present)} were present, quorum is {quorum}")
    if yes >= needed or (yes == no and yes + no == n and side == "for"):
        outcome, vi, en, readings = "carried", "Được thông qua", "Carried", []
    elif yes != no or yes == 0 or side == "against":
        outcome, vi, en, readings = "lost", "Không được thông qua", "Lost", []
    else:
        outcome, vi, en, readings = "tied", "Chưa quyết định", "Not decided", ["carried", "lost"]
    vi, en = f"{vi}: {yes}/{n} tán thành, cần {needed} (", f"{en}: {yes} of {n} for, {needed} needed ("
    told = found["sentence"]["vi"].startswith(vi) and found["sentence"]["en"].startswith(en)
    told = told and found["outcome"] == outcome and found["readings"] == readings
    step("8. Quorum, threshold and verdict follow from the rule named", told, f"it should be {outcome}")
    return statement, keyid

def check_batch(data, trusted, step):
    outer = exact(data, {"checkpoint": str, "events": [ENTRY]}, "the batch")
    entries, (kind, statement, keyid, right, holds) = outer["events"], opened(outer["checkpoint"].encode())
    need(entries and entries[0]["seq"] >= 1 and re.fullmatch("[0-9a-f]{64}", entries[0]["prev"]), "no run of entries")
    step("1. The file is a run of entries with a checkpoint, in its exact spelling")
    seq, before = entries[0]["seq"], entries[0]["prev"] if entries[0]["seq"] > 1 else "0" * 64
    hashes = {seq - 1: before}
    for e in entries:
        need((e["seq"], e["prev"]) == (seq, before), f"entry {e['seq']} does not continue the chain")
        parts = [bytes.fromhex(before), *(str(e[f]).encode() for f in "seq at clock writer kind id body".split())]
        before = hashes[seq] = hashlib.sha256(b"".join(b"%d:%s," % (len(part), part) for part in parts)).hexdigest()
        need(e["hash"] == before, f"entry {seq} was altered")
        seq += 1
    step("2. Every entry's hash is right and continues the one before")
    fits(statement, dict.fromkeys(("at", "device", "hash", "public_key", "site"), str) | {"seq": int}, "the checkpoint")
    named = kind == "application/vnd.appliance.checkpoint.v1+json" and statement["seq"] == seq - 1
    step("3. The checkpoint names the last entry", named and statement["hash"] == before, f"{kind} {statement['seq']}")
    first, own = entries[0], {name: statement[name] for name in ("site", "device", "public_key")}
    right = right and (first["seq"] > 1 or (first["kind"], json.loads(first["body"])) == ("DeviceInstalled", own))
    step("4. The key in the checkpoint is the key named on its envelope, and the one the journal began with", right)
    step("5. The checkpoint's signature holds over the exact bytes", holds, "something was altered")
    step("6. The signer is one you trust", trusted in (None, keyid), f"signed by {keyid}, not by the key named")
    for e in entries:
        allowed = e["writer"] in BY.get(e["kind"], "").split() and (e["kind"] != "DeviceInstalled" or e["seq"] == 1)
        need(allowed, f"entry {e['seq']}: {e['kind']} written by {e['writer']}")
        need(TIME.fullmatch(e["at"]) and e["clock"] in ("synchronised", "unsynchronised"), f"entry {e['seq']}: no time")
        e["fact"] = exact(e["body"].encode(), {...: object}, f"the body of entry {e['seq']}")
    step("7. Every entry is a known fact, written by a service that may write it")
    recount(entries, keyid, hashes)
    step("8. Every signed result in the run is intact and agrees with a recount of the entries")
    return statement, keyid

def recount(entries, keyid, hashes):
    ballots = {}
    for e in entries:
        kind, fact, name = e["kind"], e["fact"], e["fact"].get("ballot")
        if kind == "BallotOpened":
            ballots.setdefault(name, fact | {"opened_at": e["at"], "closed_at": None, "votes": {}})
        ballot = ballots.get(name, {"closed_at": "in a run that is not here"})
        if kind == "VoteCast" and ballot["closed_at"] is None:
            ballot["votes"][fact["delegate"]] = fact["choice"]
        elif kind == "BallotClosed" and ballot["closed_at"] is None:
            ballot["closed_at"] = e["at"]
        elif kind == "ResultSigned":
            result, _ = check_result(fact["envelope"].encode(), keyid, lambda why, holds=True, _="": need(holds, why))
            head = result["head"]
            need(result["ballot"] == name and head["seq"] < e["seq"], f"result of {name}: another ballot or later head")
            need(hashes.get(head["seq"], head["hash"]) == head["hash"], f"the result of {name} names another head")
            found = result | result["rule"] | {"electorate": [person["id"] for person in result["electorate"]]}
            same = name not in ballots or all(found[field] == ballot.get(field) for field in SAME)
            need(same, f"the result of {name} differs from what the entries say")

def show(title, holds=True, why=""):
    need(holds, f"step {title}: {why}")
    print(title)

def main(words):
    trusted = words[2] if len(words) == 3 and words[1] == "--fingerprint" else None
    if len(words) != 1 and not (trusted and re.fullmatch("[0-9a-f]{64}", trusted)):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(words[0], "rb") as file:
            data = file.read((256 << 20) + 1)
        need(len(data) <= 256 << 20, "more than 256 MiB: no record is that large")
        _, keyid = (check_batch if data.startswith(b'{"checkpoint"') else check_result)(data, trusted, show)
    except OSError as error:
        print(f"{words[0]}: {error.strerror}", file=sys.stderr)
        return 2
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        print(f"NOT INTACT: {error}")
        return 1
    print(f"intact, signed by {keyid}" + ("" if trusted else ": compare it with what the technician reads out"))
    return 0 if trusted else 3

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
