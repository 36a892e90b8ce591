"""Ballots and opinion slips on paper: question, method, rule, numbers, verdict, every reading, and who voted how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import ascii_lowercase

from appliance import rules
from appliance.minutes_form import BallotRecord, SlipRecord
from appliance.papers import words
from appliance.papers.sheet import Block, Heading, Look, Table, leading, line, said
from appliance.papers.words import Names, Times
from appliance.result_form import Counts, Decision, Ruling
from appliance.values import Choice, CountedVote, Voting


def ballot_blocks(ballot: BallotRecord, names: Names, times: Times) -> Iterator[Block]:
    """One ballot."""
    yield Heading(f"Biểu quyết lần {ballot.number}: {words.METHODS[ballot.method]}", 2)
    yield said("Nội dung biểu quyết", ballot.question)
    yield from _why_another(ballot, names)
    yield said("Thời gian", _when(ballot, names, times))
    yield said("Quy định áp dụng", _rule(ballot))
    if ballot.override:
        override = f"chủ tọa ({names.of(ballot.chair)}) quyết định vẫn tiến hành; lý do: {ballot.override}."
        yield said("Không đủ số thành viên phải có mặt", override)
    if ballot.annulled is not None:
        annulled = f"{ballot.annulled.reason} (do {names.of(ballot.annulled.by)} thực hiện). Không có kết quả."
        yield said("Cuộc biểu quyết này bị hủy", annulled)
    if ballot.tally is None or ballot.verdict is None:
        return
    yield _numbers(ballot.rule.preset, ballot.method, ballot.tally)
    yield from _readings(ballot.verdict, ballot.ruling, names, times)
    yield said("Kết quả", ballot.verdict.sentence["vi"])
    yield from _who_voted(ballot, names)


def _why_another(ballot: BallotRecord, names: Names) -> Iterator[Block]:
    if ballot.replaces:
        before = ballot.replaces.rsplit(".", 1)[-1]
        yield said("Thay cho lần biểu quyết trước", f"lần {before} ({ballot.replaces}); lý do: {ballot.reason}.")
    elif ballot.reason:
        yield said("Lý do của hình thức này", f"{ballot.reason}.")


def _when(ballot: BallotRecord, names: Names, times: Times) -> str:
    said_by = f" (do {names.of(ballot.closed_by)})" if ballot.closed_by else ""
    closed = f"kết thúc lúc {times.hour(ballot.closed_at)}{said_by}" if ballot.closed_at else "chưa kết thúc"
    text = f"bắt đầu lúc {times.hour(ballot.opened_at)}, {closed}"
    if ballot.limit_seconds is not None:
        text += f"; thời hạn biểu quyết {ballot.limit_seconds} giây"
    if ballot.rests:
        text += "; tạm dừng " + ", ".join(times.span(rest.begin, rest.end) for rest in ballot.rests)
    return f"{text}."


def _rule(ballot: BallotRecord) -> str:
    rule, weighted = rules.preset(ballot.rule.preset), bool(ballot.weights)
    unit = "phần vốn" if weighted else "thành viên"
    here = sum(ballot.weights.get(d, 1) for d in ballot.present)
    total = sum(ballot.weights.get(d, 1) for d in ballot.electorate)
    needed = "tùy số phiếu thuận và chống" if ballot.rule.needed is None else f"{ballot.rule.needed}/{total}"
    return (
        f"{words.majority(ballot.rule)}; cần {needed} {unit} tán thành. Có mặt {here}/{total} {unit}, "
        f"phải có mặt ít nhất {ballot.rule.quorum} ({words.article(rule.quorum_citation)})."
    )


def _numbers(preset: str, method: Voting, tally: Counts) -> Table:
    wording = words.choices(preset)
    total = tally.for_ + tally.against + tally.abstain + tally.not_cast + tally.absent
    counts = [tally.for_, tally.against, tally.abstain, tally.not_cast, tally.absent]
    names = [*(wording[choice] for choice in Choice), words.NOT_CAST[method], "Vắng mặt"]
    if method is Voting.SLIP:
        counts, names = counts[:-1], names[:-1]
    return Table(
        ("", "Tổng số", *names),
        (
            (
                "Phần vốn" if rules.preset(preset).weighted else "Số lượng",
                str(total),
                *(str(count) for count in counts),
            ),
            ("Tỷ lệ trên tổng số", "100%" if total else "–", *(words.percent(count, total) for count in counts)),
        ),
        (20, *[16] * (len(counts) + 1)),
        frozenset(range(1, len(counts) + 2)),
    )


def _readings(verdict: Decision, ruling: Ruling | None, names: Names, times: Times) -> Iterator[Block]:
    """Every way to read the rule at a tie, and which of them the chair chose."""
    if not verdict.readings:
        return
    yield leading("Số phiếu ngang nhau", f"quy định có thể áp dụng theo {len(verdict.readings)} cách.")
    letters = {reading.id: letter for reading, letter in zip(verdict.readings, ascii_lowercase, strict=False)}
    for reading in verdict.readings:
        yield line(f"Cách {letters[reading.id]}: {reading.sentence['vi']}", Look.POINT)
    if ruling is None:
        yield said("Ý kiến của chủ tọa", "chưa xác định cách áp dụng.")
        return
    reason = f"; lý do: {ruling.reason}" if ruling.reason else ""
    chosen = (
        f"{names.of(ruling.by)} xác định áp dụng cách {letters[ruling.reading]} lúc {times.hour(ruling.at)}{reason}."
    )
    yield said("Ý kiến của chủ tọa", chosen)


# Who voted how -------------------------------------------------------------------------------------------------------


def _who_voted(ballot: BallotRecord, names: Names) -> Iterator[Block]:
    if ballot.method is Voting.OPEN:
        yield from _by_name(ballot, names)
    elif ballot.method is Voting.SECRET:
        yield said("Đã bỏ phiếu", f"{names.list(ballot.took_part)}.")
        yield line("Danh sách phiếu theo mã kiểm tra; chỉ người bỏ phiếu biết mã của mình:", Look.NOTE, leads=True)
        yield _trackers(ballot.counted, words.choices(ballot.rule.preset))
    elif ballot.hands is not None:
        who = f"{names.of(ballot.hands.by)} nhập kết quả, {names.of(ballot.hands.witness)} làm chứng bằng mã PIN."
        yield said("Kiểm đếm", who)
    absent = [d for d in ballot.electorate if d not in ballot.present]
    if absent:
        yield said("Vắng mặt khi biểu quyết", f"{names.list(absent)}.")


def _by_name(ballot: BallotRecord, names: Names) -> Iterator[Block]:
    marked = {one.delegate for one in ballot.entered}

    def listed(delegates: Iterable[str]) -> str:
        return ", ".join(_voter(d, ballot.proxies, marked, names) for d in delegates) or words.NOBODY

    choice_of = {d: ballot.votes.get(ballot.proxies.get(d, d)) for d in ballot.present}
    for choice, word in words.choices(ballot.rule.preset).items():
        voters = [d for d in ballot.present if choice_of[d] is choice]
        yield said(f"{word} ({len(voters)})", f"{listed(voters)}.")
    silent = [d for d in ballot.present if choice_of[d] is None]
    if silent:
        yield said(f"{words.NOT_CAST[ballot.method]} ({len(silent)})", f"{listed(silent)}.")
    for one in ballot.entered:
        text = (
            f"(*) Ý kiến của {names.of(one.delegate)} do {names.of(one.by)} nhập, {names.of(one.witness)} làm chứng "
            f"bằng mã PIN; lý do: {one.reason}."
        )
        yield line(text, Look.NOTE, italic=True)


def _voter(delegate: str, proxies: Mapping[str, str], marked: set[str], names: Names) -> str:
    holder = proxies.get(delegate, delegate)
    by_proxy = f" (do {names.of(holder)} biểu quyết theo ủy quyền)" if holder != delegate else ""
    return names.of(delegate) + by_proxy + (" (*)" if holder in marked else "")


def _trackers(votes: tuple[CountedVote, ...], wording: Mapping[Choice, str]) -> Table:
    """Two to a line, in the order of the list that was published."""
    cells = [cell for vote in votes for cell in (vote.tracker, wording[vote.choice])]
    cells += [""] * (-len(cells) % 4)
    rows = tuple(tuple(cells[n : n + 4]) for n in range(0, len(cells), 4))
    return Table(("Mã", "Phiếu") * 2, rows, (22, 28) * 2, frozenset(range(4)))


# Slips ---------------------------------------------------------------------------------------------------------------


def slip_blocks(slip: SlipRecord, times: Times) -> Iterator[Block]:
    """One opinion slip that was announced."""
    names = Names(slip.members)
    yield Heading(f"Kết quả phiếu ghi ý kiến: {slip.title}", 2)
    yield said("Nội dung xin ý kiến", slip.question)
    yield said("Thời gian", _slip_when(slip, names, times))
    total, needed = len(slip.members), slip.rule.needed
    share = "tùy số phiếu thuận và chống" if needed is None else f"{needed}/{total}"
    yield said("Quy định áp dụng", f"{words.majority(slip.rule)}; cần {share} thành viên tán thành.")
    yield _numbers(slip.rule.preset, Voting.SLIP, slip.tally)
    if slip.unanswered:
        counts = "được tính là tán thành theo quy chế" if slip.silence_agrees else "không được tính là tán thành"
        yield said(f"Không trả lời ({len(slip.unanswered)})", f"{names.list(slip.unanswered)}; {counts}.")
    yield from _readings(slip.verdict, slip.ruling, names, times)
    yield said("Kết quả", slip.verdict.sentence["vi"])
    for choice, word in words.choices(slip.rule.preset).items():
        voters = [d.id for d in slip.members if slip.votes.get(d.id) is choice]
        yield said(f"{word} ({len(voters)})", f"{names.list(voters)}.")
    for delegate, opinion in slip.opinions.items():
        yield line(f"Ý kiến của {names.of(delegate)}: {opinion}", Look.POINT)


def _slip_when(slip: SlipRecord, names: Names, times: Times) -> str:
    extended = "".join(f", gia hạn đến {times.full(e.deadline)} (lý do: {e.reason})" for e in slip.extensions)
    closed = f"đóng lúc {times.full(slip.closed_at)}, do {names.of(slip.closed_by)}"
    return (
        f"gửi lúc {times.full(slip.sent_at)}; thời hạn {times.full(slip.deadline)}{extended}; {closed}; "
        f"công bố tại cuộc họp lúc {times.hour(slip.announced_at)}."
    )
