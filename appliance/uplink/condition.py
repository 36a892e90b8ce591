"""What each state of the connection means and what to do, in sentences for people: Vietnamese and English."""

from __future__ import annotations

from appliance.uplink.broker import State

SENTENCES: dict[State, dict[str, str]] = {
    State.OFF: {
        "vi": "Chưa cấu hình máy chủ MQTT; cuộc họp vẫn được ghi đầy đủ trên thiết bị này",
        "en": "No broker is configured; the meeting is recorded in full on this box",
    },
    State.CONNECTING: {"vi": "Đang kết nối tới máy chủ MQTT", "en": "Connecting to the broker"},
    State.ONLINE: {
        "vi": "Đã kết nối; máy chủ trung tâm xác nhận đã nhận",
        "en": "Connected; the central server confirms what it received",
    },
    State.UNREACHABLE: {
        "vi": "Không tới được máy chủ MQTT; dữ liệu được giữ lại và sẽ gửi sau",
        "en": "The broker cannot be reached; everything is kept and will be sent later",
    },
    State.CERTIFICATE: {
        "vi": "Chứng thư không được chấp nhận; dữ liệu được giữ lại",
        "en": "A certificate is not accepted; everything is kept",
    },
    State.REFUSED: {
        "vi": "Máy chủ MQTT từ chối thiết bị này; dữ liệu được giữ lại",
        "en": "The broker refuses this box; everything is kept",
    },
    State.NO_RECEIPTS: {
        "vi": "Máy chủ MQTT nhận, nhưng máy chủ trung tâm chưa xác nhận; dữ liệu được giữ lại và gửi lại",
        "en": "The broker accepts, but the central server confirms nothing; everything is kept and sent again",
    },
    State.SECRET_SESSION: {
        "vi": "Đang họp kín: đã ngắt kết nối, không dữ liệu nào rời khỏi thiết bị",
        "en": "A secret session is on: the connection is cut and nothing leaves this box",
    },
}

CONNECTED = {"vi": "Đã kết nối tới máy chủ MQTT.", "en": "Connected to the broker."}
"""Online, where nothing has been sent for a reason that is told beside it."""

REMEDIES: dict[State, dict[str, str]] = {
    State.OFF: {
        "vi": "Muốn gửi kết quả đi, hãy điền địa chỉ ở mục [broker]",
        "en": "To send results out, fill in the address under [broker]",
    },
    State.CONNECTING: {"vi": "", "en": ""},
    State.ONLINE: {"vi": "", "en": ""},
    State.UNREACHABLE: {
        "vi": "Kiểm tra cáp mạng, tên máy và cổng, rồi bấm kiểm tra kết nối",
        "en": "Check the cable, the host name and the port, then run the connection test",
    },
    State.CERTIFICATE: {
        "vi": "Kiểm tra ca_file, cert_file, key_file, tên máy trong chứng thư và ngày giờ của thiết bị",
        "en": "Check ca_file, cert_file, key_file, the host name in the certificate, and this box's date",
    },
    State.REFUSED: {
        "vi": "Tên trong chứng thư phải là site/device của thiết bị này và có quyền trong ACL của máy chủ MQTT",
        "en": "The name in the certificate must be this box's site/device and have its rights in the broker's ACL",
    },
    State.NO_RECEIPTS: {
        "vi": "Kiểm tra máy chủ trung tâm: đang chạy, có dấu vân tay khóa của thiết bị này, và uplink.central_key đúng",
        "en": "Check the central server: it runs, knows this box's key fingerprint, and uplink.central_key is its key",
    },
    State.SECRET_SESSION: {
        "vi": "Kết nối trở lại khi phiên họp kín kết thúc; hồ sơ của phiên chỉ gửi sau khi kỹ thuật viên cho phép",
        "en": "It connects again when the session ends; the session's record waits until a technician releases it",
    },
}

TROUBLES: dict[str, dict[str, str]] = {
    "no-journal": {
        "vi": "Chưa có sổ ghi; dịch vụ biểu quyết sẽ tạo khi khởi động",
        "en": "There is no journal yet; the ballot service makes it when it starts",
    },
    "no-ballot-service": {
        "vi": "Dịch vụ biểu quyết không trả lời nên chưa ký được; đang đợi",
        "en": "The ballot service does not answer, so nothing can be signed; waiting",
    },
    "no-central-key": {
        "vi": "Chưa có uplink.central_key nên không kiểm tra được xác nhận của máy chủ trung tâm",
        "en": "uplink.central_key is not set, so no receipt can be checked",
    },
    "ballot-open": {
        "vi": "Đang biểu quyết: từ phiếu đầu tiên, dữ liệu chỉ được gửi sau khi kết thúc biểu quyết",
        "en": "A ballot is open: from its first vote on everything is sent only after it is closed",
    },
    "secret-record": {
        "vi": "Hồ sơ của phiên họp kín chưa được kỹ thuật viên cho phép gửi",
        "en": "The record of the secret session has not been released by a technician",
    },
}
"""Why nothing is sent although the broker is there."""


def sentence(state: State, language: str, detail: str = "") -> str:
    """The state in one sentence, with what exactly was seen behind it."""
    text = SENTENCES[state][language]
    return f"{text} ({detail})." if detail else f"{text}."


def remedy(state: State, language: str) -> str:
    """What a person should do, or an empty text."""
    text = REMEDIES[state][language]
    return f"{text}." if text else ""
