"""Assignment pages: draft, files, handing in, downloads."""

from io import BytesIO

from support.pages import hand_in, words

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JSON = {"Accept": "application/json"}
PAGE = "assignments/t101-assignment"


def pdf(name: str = "記録.pdf"):
    """A small file as a form sends it."""
    return (BytesIO(PDF), name)


def test_a_draft_is_saved_and_says_so(client_as):
    student = client_as()
    assert "未着手" in student.get(PAGE).text
    page = student.post(f"{PAGE}/draft", {"text": "配信Aは雑談が中心。"})
    assert "保存しました。" in page.text
    assert "配信Aは雑談が中心。</textarea>" in page.text
    told = student.post(f"{PAGE}/draft", {"text": "書き直した。"}, headers=JSON)
    assert told.get_json() == {"saved_at": "14:03"}
    assert "書き直した。</textarea>" in student.get(PAGE).text


def test_a_file_is_added_together_with_what_was_typed(client_as):
    student = client_as()
    page = student.post(f"{PAGE}/files", {"text": "本文も残る", "file": pdf()})
    assert "記録.pdf" in page.text
    assert "本文も残る</textarea>" in page.text
    told = student.post(f"{PAGE}/files", {"file": pdf("二つ目.pdf")}, headers=JSON)
    assert told.get_json()["next"].startswith(f"{student.root}/{PAGE}")


def test_a_wrong_file_is_refused_and_the_text_stays(client_as):
    student = client_as()
    page = student.post(f"{PAGE}/files", {"text": "大事な本文", "file": (BytesIO(b"MZ"), "virus.exe")})
    assert page.status_code == 409
    assert "virus.exe：この種類のファイルは提出できません" in page.text
    assert "大事な本文</textarea>" in page.text
    assert "大事な本文</textarea>" in student.get(PAGE).text, "and it is saved"


def test_a_file_is_removed_before_handing_in(client_as):
    student = client_as()
    page = student.post(f"{PAGE}/files", {"file": pdf()})
    upload = int(page.text.split(f"{student.root}/files/")[1].split('"')[0])
    page = student.post(f"{PAGE}/files/{upload}/remove", {"text": "x"})
    assert "ファイルを削除しました" in page.text
    assert "記録.pdf" not in page.text
    assert student.get(f"files/{upload}").status_code == 404


def test_what_is_handed_in_is_kept_and_closed(client_as):
    student = client_as()
    page = student.post(f"{PAGE}/submit", {"text": "できました。", "file": pdf()})
    seen = words(page.text)
    assert "提出しました。" in seen
    assert "採点待ち" in seen
    assert "第1版" in seen
    assert "できました。" in seen
    assert "<textarea" not in page.text
    late = student.post(f"{PAGE}/draft", {"text": "やっぱり"}, headers=JSON)
    assert late.status_code == 409
    assert "変更できません" in late.get_json()["problem"]


def test_nothing_cannot_be_handed_in(client_as):
    page = client_as().post(f"{PAGE}/submit", {"text": "  "})
    assert page.status_code == 409
    assert "提出するものがまだありません" in page.text


def test_a_file_is_always_a_download(client_as):
    """ATK-14, ATK-15, COO-09."""
    student = client_as()
    page = student.post(f"{PAGE}/submit", {"text": "x", "file": pdf()})
    upload = int(page.text.split(f"{student.root}/files/")[1].split('"')[0])
    for reader in (student, client_as("instructor", sub="9")):
        answer = reader.get(f"files/{upload}")
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.mimetype == "application/octet-stream"
    assert client_as(sub="77").get(f"files/{upload}").status_code == 404, "another student"
    assert client_as("instructor", sub="9", context_id="3").get(f"files/{upload}").status_code == 404


def test_what_a_student_writes_is_text_and_never_html(client_as):
    """ATK-14."""
    student = client_as()
    hand_in(student, "t101-assignment", "<script>alert(1)</script>")
    page = student.get(PAGE).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_locked_assignment_shows_nothing_and_takes_nothing(client_as):
    student = client_as()
    assert student.get("assignments/t201-assignment").status_code == 403
    for action in ("draft", "files", "submit"):
        assert student.post(f"assignments/t201-assignment/{action}", {"text": "x"}).status_code == 403


def test_staff_read_the_brief_and_hand_nothing_in(client_as):
    teacher = client_as("instructor", sub="9")
    assert "学生はここで書いて提出します" in teacher.get(PAGE).text
    assert teacher.post(f"{PAGE}/submit", {"text": "x"}).status_code == 403


def test_work_whose_points_decide_nothing_asks_for_no_mark(app):
    with app.test_request_context("/", headers={"Accept-Language": "ja"}):
        to_pass = app.jinja_env.globals["to_pass"]
        assert to_pass(1).strip() == "点数は問いません"
        assert to_pass(60).strip() == "合格は60%以上"
