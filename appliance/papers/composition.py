"""Minutes → the sheet that is set: form 1.9 of Appendix III to Decree 30/2020, in Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance import minutes_document, rules
from appliance.minutes_form import Document
from appliance.papers import words
from appliance.papers.course import course
from appliance.papers.opening import opening
from appliance.papers.sheet import Block, Sheet, Signature, line
from appliance.papers.words import Times
from appliance.values import Capacity

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
BLANK = "........................................"


@dataclass(frozen=True)
class Origin:
    """Where minutes come from, and who has confirmed them so far: told on paper, no part of what is confirmed.

    `fingerprint` of the box's key; `head_*` of the journal they were made from, hash in hexadecimal; `confirmations`:
    capacity → who and when (UTC); `signed`: the box has sealed them.
    """

    site: str
    device: str
    fingerprint: str
    head_seq: int
    head_hash: str
    confirmations: Mapping[Capacity, tuple[str, str]] = field(default_factory=dict)
    signed: bool = False


def content(document: Document) -> tuple[Block, ...]:
    """What the minutes say, between the head of the paper and its signatures: what is read before it is confirmed."""
    names, times = words.names_of(document), Times(document.utc_offset)
    blocks: list[Block] = [*opening(document, names, times), *course(document, names, times)]
    if document.ended_at:
        blocks.append(line(f"Cuộc họp kết thúc vào {times.full(document.ended_at)}./."))
    return tuple(blocks)


def compose(document: Document, origin: Origin) -> Sheet:
    """The sheet of these minutes."""
    names, times = words.names_of(document), Times(document.utc_offset)
    body = document.body or rules.preset(document.preset).body["vi"]
    return Sheet(
        language="vi",
        made_at=document.ended_at or document.convened_at,
        body=body.upper(),
        symbol="Số: ............/BB-............",
        nation=NATION,
        motto=MOTTO,
        kind="BIÊN BẢN",
        subject=document.title,
        draft="" if document.ended_at else "DỰ THẢO – cuộc họp chưa kết thúc",
        blocks=content(document),
        signatures=(
            _signature("THƯ KÝ", document.secretary, Capacity.SECRETARY, origin, names, times),
            _signature("CHỦ TỌA", document.chair, Capacity.CHAIR, origin, names, times),
        ),
        recipients=("............................;", "Lưu: VT, hồ sơ cuộc họp."),
        origin=_origin(document, origin),
    )


def _signature(
    title: str, delegate: str, capacity: Capacity, origin: Origin, names: words.Names, times: Times
) -> Signature:
    confirmed = origin.confirmations.get(capacity)
    if confirmed is None:
        return Signature(title, "(chưa xác nhận bằng mã PIN)", names.of(delegate) if delegate else BLANK)
    who, at = confirmed
    return Signature(title, f"(đã xác nhận bằng mã PIN lúc {times.full(at)})", names.of(who))


def _origin(document: Document, origin: Origin) -> tuple[str, ...]:
    state = "đã được thiết bị ký số" if origin.signed else "chưa được thiết bị ký số"
    return (
        f"Biên bản lập từ nhật ký của thiết bị {origin.device} ({origin.site}) và {state}.",
        f"Mã kiểm tra nội dung biên bản (SHA-256 của minutes.json): {minutes_document.digest(document)}",
        f"Nhật ký đến mục {origin.head_seq} (SHA-256): {origin.head_hash}",
        f"Dấu vân tay khóa của thiết bị (SHA-256): {origin.fingerprint}",
        "Kiểm tra: appliance verify manifest.json",
    )
