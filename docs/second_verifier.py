"""A second verifier of appliance records, by docs/record-format.md: Python's standard library alone, nothing of ours.
    python3 second_verifier.py FILE [--fingerprint HEX]
Exit status: 0 intact and signed by the key named; 3 intact, no key named; 1 not intact; 2 wrong usage, unreadable file.
At most 200 lines, to be read in one sitting: hence the close setting. Ed25519 is written out from RFC 8032."""

# fmt: off
# ruff: noqa: E401, E701, E731, I001, SIM905
import base64, hashlib, json, re, sys
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
BY = {kind: by for by, *kinds in map(str.split, """ballot DeviceInstalled BoxClaimed CredentialIssued MeetingConvened
    ConfigurationChanged MeetingEnded ItemTakenUp ChairNamed CheckedOut CheckInRevoked AbsenceReported AbsenceDecided
    SeatBound SeatReleased SeatLockedOut SeatReadmitted QuorumOverridden ProxyGiven ProxyWithdrawn SecretSessionBegan
    SecretSessionEnded SecretRecordReleased BallotOpened BallotHeld BallotResumed VoteCast VoteEntered VoteRefused
    HandsCounted BallotClosed SecretBallotCounted BallotAnnulled TieDecided ResultSigned SlipSent SlipAnswered
    SlipReminded SlipExtended SlipClosed SlipAnnounced ProceedingNoted ConclusionRecorded TaskAssigned TaskWithdrawn
    MinutesConfirmed MinutesSigned CommandAccepted; ballot,door ServiceStarted PartFailed PartRestored CheckedIn;
    gallery DelegateEnrolled DelegateForgotten GalleryRenewed; door FaceNotIdentified""".split(";")) for kind in kinds}
# Preset → quorum of all; majority → what is needed of all (n), of those present (p), of the votes for and against (c).
half, thirds = (lambda n, *_: n // 2 + 1), (lambda n, *_: -(-2 * n // 3))
RULES = {"ubnd": (thirds, {"ordinary": half}), "hdnd": (thirds, {"ordinary": half, "two-thirds": thirds}),
         "simple": (half, {"ordinary": lambda n, p, c: half(c)}), "board": (lambda n: -(-65 * n // 100), {
             "ordinary": lambda n, p, c: -(-65 * p // 100), "special": lambda n, p, c: -(-75 * p // 100)})}
def need(condition, why):
    if not condition: raise ValueError(why)
def form(text):  # a pattern for JSON in its exact spelling: $ a text, # a number, % a choice, @ a tracker; else `re`
    text = re.sub(r"(\w+):", r'"\1":', ",".join(text.split()))
    signs = {"$": r'"[^"\\]*(?:\\.[^"\\]*)*"', "#": "-?[0-9]+", "%": '"(for|against|abstain)"', "@": '"[A-Z2-7]{8}"'}
    return re.compile(text.translate(str.maketrans(signs | {sign: "\\" + sign for sign in "{}[]"})), re.DOTALL)
ANY, ENVELOPE = form("{.*}"), form("{payload:$ payloadType:$ signatures:[{keyid:$ sig:$}]}")
BATCH = form("{checkpoint:$ events:[({at:$ body:$ clock:$ hash:$ id:$ kind:$ prev:$ seq:# writer:$},?)*]}")
CHECKPOINT, VOTES = form("{at:$ device:$ hash:$ public_key:$ seq:# site:$}"), ("for", "against", "abstain")
RESULT = form("""{assumed:# ballot:$ chair:$ closed_at:$ configuration:$ deadline:$ device:$ electorate:[({id:$ name:$
    role:"member" room:($|null) seat:($|null) substitute_for:($|null) title:$ unit:$ weight:#},?)*] entered:[({by:$
    delegate:$ reason:$ witness:$},?)*] hands:(null|{by:$ witness:$}) head:{hash:$ seq:#} item:$ list:[({choice:%
    tracker:@},?)*] meeting:$ meeting_title:$ method:"(open|secret|hands|slip)" models:{($:$,?)*} opened_at:$
    opinions:{($:$,?)*} override:$ present:[($,?)*] proxies:{($:$,?)*} public_key:$ question:$ reason:$ replaces:$
    rule:{majority:$ needed:(#|null) needed_article:$ preset:$ quorum:# quorum_article:$} ruling:(null|{at:$ by:$
    reading:$ reason:$}) silence_agrees:(true|false) site:$ software:$ tally:{absent:# abstain:# against:# for:#
    not_cast:#} took_part:[($,?)*] type:"result" verdict:{outcome:"(carried|lost|tied)" readings:[({id:$
    outcome:"(carried|lost)" sentence:{en:$ vi:$}},?)*] sentence:{en:$ vi:$}} votes:{($:%,?)*} weights:{($:#,?)*}}""")
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519: RFC 8032, 5.1; a point is (x, y)
D = -121665 * pow(121666, -1, P) % P
def add(a, b):
    (x, y), (u, v), k = a, b, D * a[0] * b[0] * a[1] * b[1] % P
    i = pow(1 - k * k, -1, P)
    return (x * v + u * y) * (1 - k) * i % P, (y * v + x * u) * (1 + k) * i % P
def point(data):  # 5.1.3
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and (x or not sign), "the public key is no point of the curve")
    return x if x & 1 == sign else P - x, y
def signature_holds(key, message, sig):  # 5.1.7: [S]B = R + [k]A, asked as encode([S]B + [k](-A)) = R
    s = int.from_bytes(sig[32:], "little")
    k = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), "little") % L
    base, (x, y), total = point(b"\x58" + 31 * b"\x66"), point(key), (0, 1)
    table = total, base, (P - x, y), add(base, (P - x, y))
    for bit in range(252, -1, -1): total = add(add(total, total), table[(s >> bit & 1) + 2 * (k >> bit & 1)])
    return len(sig) == 64 and s < L and (total[1] | (total[0] & 1) << 255).to_bytes(32, "little") == sig[:32]
def spelled(value): return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
def exact(data, pattern, name):
    value = json.loads(data)
    need(spelled(value).encode() == data and pattern.fullmatch(data.decode()), f"{name} is not spelled as it should be")
    return value
def bytes_of(text, name):
    need(base64.b64encode(data := base64.b64decode(text, validate=True)).decode() == text, f"{name}: no exact base64")
    return data
def opened(data, what):
    outer = exact(data, ENVELOPE, "the file")
    payload, kind, (by,) = bytes_of(outer["payload"], "the payload"), outer["payloadType"], outer["signatures"]
    statement, signature = exact(payload, ANY, "the payload"), bytes_of(by["sig"], "the signature")
    typed, key = kind == f"application/vnd.appliance.{what}.v1+json", bytes_of(statement.get("public_key", ""), "a key")
    right = len(key) == 32 and hashlib.sha256(key).hexdigest() == by["keyid"]
    signed = b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(payload), payload)
    return typed, statement, by["keyid"], right, lambda: right and signature_holds(key, signed, signature)

def check_result(data, trusted, step):  # calls `step` for each of the eight, which raises where one does not hold
    typed, s, keyid, right, holds = opened(data, "result")
    step("1. The file is one envelope in its exact spelling")
    step("2. The envelope holds a result", typed, "it holds something else, which I do not check")
    step("3. The key in the statement is the key named on the envelope", right, f"which is {keyid}")
    step("4. The signature holds over the exact bytes", holds(), "something was altered")
    step("5. The signer is one you trust", trusted in (None, keyid), f"signed by {keyid}, not by the key named")
    step("6. The statement has the form of a result", RESULT.fullmatch(spelled(s)), "a field is missing or another")
    here, everybody = count(s)
    step("7. The electorate, the present and the votes agree with the counts")
    judge(s, here, everybody)
    step("8. Quorum, threshold and verdict follow from the rule named")
    return s, keyid
def count(s):
    people, present, votes, took = [p["id"] for p in s["electorate"]], s["present"], s["votes"], s["took_part"]
    weights, proxies, drawn = s["weights"], s["proxies"], [v["tracker"] for v in s["list"]]
    need(people and all(len({*names}) == len(names) for names in (people, present, took, drawn)), "named twice")
    need({*took, *proxies, *proxies.values()} <= {*present} <= {*people} >= {s["chair"]} - {""}, "a stranger is named")
    need(weights in ({}, {p["id"]: p["weight"] for p in s["electorate"] if p["weight"] > 0}), "not their weights")
    need({*votes} <= {*present} - {*proxies} and not {*proxies} & {*proxies.values()}, "a vote that is nobody's")
    need(all(v["delegate"] in votes and v["delegate"] != v["witness"] for v in s["entered"]), "no vote, or no witness")
    fills = {"votes": "open slip", "list": "secret", "hands": "hands", "silence_agrees": "slip", "weights": "open"}
    need(all(s["method"] in fills[f] for f in fills if s[f]) and len(took) == len(drawn), "that is of other voting")
    need(bool(s["hands"]) == (s["method"] == "hands") and (s["method"] != "slip" or present == people), "no count")
    here, everybody = (sum(weights.get(d, 1) for d in group) for group in (present, people))
    cast = [(votes.get(proxies.get(d, d)), weights.get(d, 1)) for d in present] + [(v["choice"], 1) for v in s["list"]]
    tally = {c: s["tally"][c] if s["hands"] else sum(w for v, w in cast if v == c) for c in VOTES}
    tally |= {"not_cast": here - sum(tally.values()), "absent": everybody - here}
    silent = tally["not_cast"] * s["silence_agrees"]
    need(tally == s["tally"] and s["assumed"] == silent and min(tally.values()) >= 0, f"{tally}, {silent} silent")
    return here, everybody
def judge(s, here, everybody):
    rule, preset, yes, no = s["rule"], s["rule"]["preset"], s["tally"]["for"] + s["assumed"], s["tally"]["against"]
    quorum, needed = RULES[preset][0](everybody), max(1, RULES[preset][1][rule["majority"]](everybody, here, yes + no))
    need((rule["quorum"], rule["needed"]) == (quorum, None if preset == "simple" else needed), f"{quorum}, {needed}")
    need((here < quorum) == bool(s["override"]), f"{here} were present, the chair's reason: {s['override']!r}")
    need(bool(s["weights"]) == (preset == "board") and (s["weights"] or not s["proxies"]), "weights by no rule")
    sides = {"for": {"tie-clause-for": "carried"}, "against": {"tie-clause-against": "lost"}}
    readings = sides.get(s["votes"].get(s["chair"]), sides["for"] | sides["against"])
    readings = readings | ({"majority-clause": "lost"} if yes + no < everybody else {})
    ends = {*readings.values()} if preset == "ubnd" and yes == no > 0 else {"lost"}
    ends, readings = ({"carried"}, {}) if yes >= needed else (ends, readings if len(ends) > 1 else {})
    outcome = readings[s["ruling"]["reading"]] if s["ruling"] else "tied" if readings else ends.pop()
    told = s["verdict"]["outcome"], [(reading["id"], reading["outcome"]) for reading in s["verdict"]["readings"]]
    need(told == (outcome, [*readings.items()]), f"it should be {outcome}, with the readings {readings}")

def check_batch(data, trusted, step):
    outer = exact(data, BATCH, "the batch")
    entries, (typed, own, keyid, right, holds) = outer["events"], opened(outer["checkpoint"].encode(), "checkpoint")
    need(entries and entries[0]["seq"] >= 1 and re.fullmatch("[0-9a-f]{64}", entries[0]["prev"]), "no run of entries")
    step("1. The file is a run of entries with a checkpoint, in its exact spelling")
    first, before = entries[0], entries[0]["prev"] if entries[0]["seq"] > 1 else "0" * 64
    hashes = {first["seq"] - 1: before}
    for seq, e in enumerate(entries, first["seq"]):
        need((e["seq"], e["prev"]) == (seq, before), f"entry {e['seq']} does not continue the chain")
        parts = [bytes.fromhex(before), *(str(e[f]).encode() for f in "seq at clock writer kind id body".split())]
        before = hashes[seq] = hashlib.sha256(b"".join(b"%d:%s," % (len(part), part) for part in parts)).hexdigest()
        need(e["hash"] == before, f"entry {seq} was altered")
    step("2. Every entry's hash is right and continues the one before")
    named = typed and CHECKPOINT.fullmatch(spelled(own)) and (own["seq"], own["hash"]) == (seq, before)
    step("3. The checkpoint names the last entry", named, "it is none, or names another")
    begun = "DeviceInstalled", {name: own[name] for name in ("site", "device", "public_key")}
    right = right and (first["seq"] > 1 or (first["kind"], json.loads(first["body"])) == begun)
    step("4. The key in the checkpoint is the key named on its envelope, and the one the journal began with", right)
    step("5. The checkpoint's signature holds over the exact bytes", holds(), "something was altered")
    step("6. The signer is one you trust", trusted in (None, keyid), f"signed by {keyid}, not by the key named")
    for e in entries:
        allowed = e["writer"] in BY.get(e["kind"], "").split(",") and (e["kind"] != "DeviceInstalled" or e["seq"] == 1)
        need(allowed, f"entry {e['seq']}: {e['kind']} written by {e['writer']}")
        need(TIME.fullmatch(e["at"]) and e["clock"] in ("synchronised", "unsynchronised"), f"entry {e['seq']}: no time")
        e["fact"] = exact(e["body"].encode(), ANY, f"the body of entry {e['seq']}")
    step("7. Every entry is a known fact, written by a service that may write it")
    recount(entries, own, keyid, hashes)
    step("8. Every signed result in the run is intact and agrees with a recount of the entries")
    return own, keyid
def recount(entries, own, keyid, hashes):
    polls, signed = {}, {}  # a poll: all entries that name one ballot or slip, but for its results
    for e in entries:
        kind, fact, name = e["kind"], e["fact"], e["fact"].get("ballot", e["fact"].get("slip"))
        if kind == "ResultSigned":
            s, _ = check_result(str(fact["envelope"]).encode(), keyid, lambda why, holds=True, _="": need(holds, why))
            poll, head, why = polls.get(name, []), s["head"], f"the result of {name}, signed in entry {e['seq']}: "
            need((s["ballot"], s["site"], s["device"]) == (name, own["site"], own["device"]), why + "another's")
            right = hashes.get(head["seq"], head["hash"]) == head["hash"] and head["seq"] < e["seq"]
            need(right and (not poll or poll[-1]["seq"] <= head["seq"]), why + f"entry {head['seq']} is not its head")
            need(name not in signed or (s["ruling"] and not signed[name]), why + "a second one, and no tie decided")
            signed[name], tally, people = s["ruling"], s["tally"], s["electorate"]
            found = s | s["rule"] | {"members": people, "electorate": [p["id"] for p in people], "BallotAnnulled": None,
                "title": s["meeting_title"], "entered": {v["delegate"]: v for v in s["entered"]},
                "votes_for": tally["for"], "votes_against": tally["against"], "abstentions": tally["abstain"]}
            other = [field for field, value in (told(poll) if poll else {}).items() if found.get(field, value) != value]
            need(not other, why + f"the entries say otherwise of {other}")
        elif kind in ("BallotOpened", "SlipSent") or name in polls: polls.setdefault(name, []).append(e)
def told(poll):  # what its entries say of a ballot or slip
    opening, votes, once, held = poll[0]["fact"], {}, {}, False
    for kind, fact in ((e["kind"], e["fact"] | {"at": e["at"]}) for e in poll[1:]):
        runs = not once.keys() & {"BallotClosed", "HandsCounted", "SlipClosed", "BallotAnnulled"}
        if kind in ("BallotHeld", "BallotResumed"): held = kind == "BallotHeld"
        elif kind == "SlipExtended": opening = opening | ({"deadline": fact["deadline"]} if runs else {})
        elif kind not in ("VoteCast", "VoteEntered", "SlipAnswered"): once.setdefault(kind, fact)
        elif runs and not held: votes[fact["delegate"]] = fact
    end = once.get("HandsCounted") or once.get("BallotClosed") or once["SlipClosed"]
    counted, hands, tie = (once.get(kind, {}) for kind in ("SecretBallotCounted", "HandsCounted", "TieDecided"))
    pick = lambda fact, names: {name: fact[name] for name in names.split()} if fact else None
    return opening | hands | {"opened_at": poll[0]["at"], "closed_at": end["at"], "hands": pick(hands, "by witness"),
        "ruling": pick(tie, "at by reading reason"), "BallotAnnulled": once.get("BallotAnnulled"),
        "took_part": counted.get("took_part", []), "list": counted.get("votes", []),
        "votes": {d: v["choice"] for d, v in votes.items()},
        "opinions": {d: v["opinion"] for d, v in votes.items() if v.get("opinion")},
        "entered": {d: pick(v, "by delegate reason witness") for d, v in votes.items() if "reason" in v}}

def main(words):
    trusted = words[2] if len(words) == 3 and words[1] == "--fingerprint" else None
    if len(words) != 1 and not re.fullmatch("[0-9a-f]{64}", trusted or ""): return print(__doc__, file=sys.stderr) or 2
    show = lambda title, holds=True, why="": need(holds, f"step {title}: {why}") or print(title)
    try:
        with open(words[0], "rb") as file: data = file.read(1 << 28)  # of a longer one the end is missing
        _, keyid = (check_batch if data.startswith(b'{"checkpoint"') else check_result)(data, trusted, show)
    except OSError as error: return print(f"{words[0]}: {error.strerror}", file=sys.stderr) or 2
    except (ValueError, LookupError, TypeError, RecursionError) as error: return print(f"NOT INTACT: {error}") or 1
    print(f"intact, signed by {keyid}" + ("" if trusted else ": compare it with what the technician reads out"))
    return 0 if trusted else 3
if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
