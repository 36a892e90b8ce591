"""What the workbook of a meeting says to whoever fills it in: one line for each field, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator

from appliance import headings, rules, sheet
from appliance.presets import Rule

TITLE = "Hướng dẫn điền tệp cuộc họp"

LEADING = (
    "Điền các trang tính “Cuộc họp”, “Đại biểu”, “Nội dung”; khi cần thì cả “Điểm cầu”, “Tài liệu”.",
    "Tải tệp lên ở trang của thư ký, mục “Khai mạc”; mọi lỗi được chỉ ra cùng lúc, theo dòng và cột.",
    "Có thể thêm cột “STT”, “Ghi chú” và dòng tiêu đề phía trên. Không dùng công thức: hãy dán giá trị.",
    "Mã chỉ gồm chữ không dấu, chữ số, “-” và “_”. Mã của đại biểu cũng là mã khi ghi danh khuôn mặt.",
)

HINTS: dict[tuple[str, str], str] = {
    ("meeting", "meeting"): "Mã riêng của cuộc họp, ví dụ hop-2026-11",
    ("meeting", "title"): "Ví dụ: Phiên họp thường kỳ tháng 11 năm 2026",
    ("meeting", "body"): "Cơ quan họp, như ghi ở đầu biên bản",
    ("meeting", "preset"): "Chọn trong danh sách; để trống là Ủy ban nhân dân",
    ("meeting", "place"): "Phòng họp, nơi đặt điểm cầu chính",
    ("meeting", "starts_at"): "Ngày và giờ, ví dụ 08:00 22/11/2026 (giờ Việt Nam)",
    ("meeting", "chair"): "Mã hoặc họ tên của một thành viên",
    ("meeting", "secretary"): "Mã hoặc họ tên của người ghi biên bản, có trong danh sách đại biểu",
    ("meeting", "seating"): "Cố định: theo cột “Ghế”. Tự do: bấm phím ở ghế nào thì ngồi ghế đó",
    ("meeting", "liveness"): "Camera ở cửa có kiểm tra mặt thật không; để trống là theo cài đặt của thiết bị",
    ("room", "id"): "Ví dụ: diem-cau-1",
    ("room", "name"): "Tên điểm cầu như ghi trong biên bản",
    ("delegate", "id"): "Mã riêng của đại biểu, ví dụ dv-01",
    ("delegate", "name"): "Họ và tên đầy đủ",
    ("delegate", "title"): "Chức vụ",
    ("delegate", "unit"): "Cơ quan, đơn vị",
    ("delegate", "role"): "Thành viên biểu quyết; khách mời và người dự thay thì không. Để trống là thành viên",
    ("delegate", "seat"): "Số ghế như cài đặt ở thiết bị, ví dụ 01; chỉ khi chỗ ngồi cố định",
    ("delegate", "room"): "Mã hoặc tên ở trang “Điểm cầu”; để trống nếu chỉ có một phòng",
    ("delegate", "substitute_for"): "Chỉ với người dự thay: mã hoặc họ tên của thành viên vắng mặt",
    ("delegate", "weight"): "Chỉ với quy tắc tính theo phần vốn; để trống là 1",
    ("agenda", "id"): "Mã riêng của nội dung, ví dụ noi-dung-1",
    ("agenda", "title"): "Tên nội dung trong chương trình",
    ("agenda", "question"): "Câu hỏi hiện trên màn hình khi biểu quyết; để trống thì dùng tên nội dung",
    ("agenda", "voting"): "Công khai, bỏ phiếu kín hoặc giơ tay; để trống là công khai",
    ("agenda", "majority"): "Quá nửa; mức khác chỉ khi quy tắc có. Để trống là quá nửa",
    ("agenda", "limit_seconds"): "Số giây, từ 5 đến 86400; để trống nếu do thư ký kết thúc",
    ("document", "item"): "Mã hoặc tên ở trang “Nội dung”",
    ("document", "title"): "Tên tài liệu",
    ("document", "link"): "Địa chỉ bắt đầu bằng https:// hoặc http://",
}
"""Table and field → what is written there."""


def lines() -> Iterator[tuple[str, str, str, str, str]]:
    """Sheet, field, its English name, whether it is needed, what is written there."""
    for table, fields in headings.TABLES.items():
        needed = ("meeting", "title") if table == "meeting" else sheet.REQUIRED[table]
        for field in fields:
            hint = HINTS[table, field.key]
            yield headings.SHEETS[table].vi, field.vi, field.en, "x" if field.key in needed else "", hint


def of_rules() -> Iterator[tuple[str, str, str]]:
    """Each rule: its name, when a meeting may vote, what carries a question."""
    for rule in rules.PRESETS.values():
        majorities = "; ".join(majority.words["vi"] for majority in rule.majorities.values())
        yield rule.body["vi"], f"có mặt {_share(rule)}", majorities


def _share(rule: Rule) -> str:
    share = rule.quorum
    of = "số phần vốn" if rule.weighted else "số thành viên"
    bound = "quá" if share.strict else "ít nhất"
    return f"{bound} {share.numerator}/{share.denominator} {of}"
