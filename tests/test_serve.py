"""The JSON service: the same answers as the library, nobody but who may ask, bounded whatever is sent."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2 as httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
import uvicorn
from starlette.testclient import TestClient

import rubric_dsl as rd
from rubric_dsl.diagnostics import Lang
from rubric_dsl.evaluate.as_json import result_json
from rubric_dsl.reading import read_submissions
from rubric_dsl.server.endpoints import ENDPOINTS
from rubric_dsl.server.web import Limits, create_app
from rubric_dsl.source import Source

ROOT = Path(__file__).resolve().parent.parent
YUHUA = "/v1/rubrics/" + quote("部门整体支出绩效评价")
DATA = (ROOT / "rubrics/yuhua/2019-science-bureau.yaml").read_bytes()
YAML = {"content-type": "application/yaml"}
JSON = {"content-type": "application/json"}
TOKEN = "geheim"  # noqa: S105 made up
PATIENT = Limits(seconds=60, workers=2)
SMALL = (
    '指标体系 "{name}" 年度 {edition}\n满分 5分\n一级指标 全部 5分\n三级指标 甲 5分\n  评价标准 评定给分 0分 到 5分\n'
)


def served(folder: Path, token: str = "", limits: Limits = PATIENT) -> TestClient:
    return TestClient(create_app(folder, token=token, limits=limits), base_url="http://localhost")


# A worker that was ended is waited for by nobody once its event loop is closed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with served(ROOT / "rubrics") as found:
        yield found


def refused(response: httpx.Response) -> tuple[int, str]:
    found = response.json()
    assert found["error"]["message"]
    assert "Traceback" not in response.text
    return response.status_code, found["error"]["code"]


def test_the_rubrics_of_the_folder_are_listed_and_described(client: TestClient) -> None:
    listed = client.get("/v1/rubrics").json()
    files = sorted(path.relative_to(ROOT / "rubrics").as_posix() for path in (ROOT / "rubrics").rglob("*.rubric"))
    assert sorted(item["file"] for item in listed) == files
    about = client.get(YUHUA + "?edition=2019").json()
    rubric = rd.load(ROOT / "rubrics/yuhua/2019.rubric")
    assert (about["sha256"], about["points"], len(about["indicators"])) == (rubric.sha256, "100", 17)
    assert refused(client.get(YUHUA)) == (409, "unknown-rubric")  # there are two editions
    assert client.get(YUHUA + "?edition=2020").json() != about


def test_a_score_is_the_library_s_score(client: TestClient) -> None:
    rubric = rd.load(ROOT / "rubrics/yuhua/2019.rubric")
    (submission,) = read_submissions(Source("body.yaml", DATA.decode()))
    langs: tuple[Lang, Lang] = ("zh", "en")
    for lang in langs:
        answered = client.post(f"{YUHUA}/score?lang={lang}&edition=2019", content=DATA, headers=YAML)
        assert answered.status_code == 200
        assert answered.json() == json.loads(json.dumps(result_json(rubric.score(submission), lang)))
        assert (answered.json()["total"]["min"], answered.json()["total"]["max"]) == ("73", "79")
    started = client.post(f"{YUHUA}/score?reading=started&edition=2019", content=DATA, headers=YAML).json()
    assert started["reading"]


def test_blank_data_keep_to_the_schema_and_are_scored(client: TestClient) -> None:
    blank = client.get(YUHUA + "/blank?edition=2019")
    jsonschema.validate(blank.json(), client.get(YUHUA + "/schema?edition=2019").json())
    answered = client.post(YUHUA + "/score?edition=2019", content=blank.content, headers=JSON)
    assert answered.status_code == 200
    assert answered.json()["total"]["score"] is None
    for form, kind in (("yaml", "application/yaml"), ("csv", "text/csv")):
        written = client.get(f"{YUHUA}/blank?format={form}&edition=2019")
        assert written.headers["content-type"].startswith(kind)
        assert (
            client.post(
                YUHUA + "/score?edition=2019", content=written.content, headers={"content-type": kind}
            ).status_code
            == 200
        )


def test_several_submissions_have_a_list_of_answers(client: TestClient) -> None:
    blank = client.get(YUHUA + "/blank?edition=2019").json()
    assert len(client.post(YUHUA + "/score?edition=2019", json=[blank, blank]).json()) == 2
    assert len(client.post(YUHUA + "/score?edition=2019", json=[blank]).json()) == 1
    assert len(client.post(YUHUA + "/audit?edition=2019", json=[blank, blank]).json()) == 2
    assert refused(client.post(YUHUA + "/improve?edition=2019", json=[blank, blank])) == (422, "one-submission")
    assert refused(client.post(YUHUA + "/score?edition=2019", json=[])) == (422, "data-faults")


def test_a_rubric_s_own_description_has_its_schema_and_takes_its_data(client: TestClient) -> None:
    found = client.get("/openapi.json?edition=2019&rubric=" + quote("部门整体支出绩效评价")).json()
    parts = found["components"]["schemas"]
    whole = {"$ref": "#/components/schemas/Data", "components": found["components"]}
    jsonschema.validate(client.get(YUHUA + "/blank?edition=2019").json(), whole)
    answered = client.post(YUHUA + "/score?edition=2019", content=DATA, headers=YAML).json()
    jsonschema.validate(answered, {"$ref": "#/components/schemas/Result", "components": {"schemas": parts}})
    assert refused(client.get("/openapi.json?rubric=nope")) == (404, "unknown-rubric")


def test_the_other_questions_are_answered_too(client: TestClient) -> None:
    def ask(path: str) -> httpx.Response:
        answered: httpx.Response = client.post(
            YUHUA + path + ("&" if "?" in path else "?") + "edition=2019", content=DATA, headers=YAML
        )
        assert answered.status_code == 200, answered.text
        return answered

    assert [item["name"] for item in ask("/explain").json()[:1]] == ["在职人员控制率"]
    assert len(ask("/explain?indicator=" + quote("政府采购执行率")).json()) == 1
    assert "<svg" in ask("/explain?format=html&lang=zh").text
    assert ask("/explain?format=markdown").text.startswith("#")
    assert ask("/audit").json()["audit"]["total"] == "differs"
    assert ask("/improve?goal=90").json()["plan"] is not None
    assert ask("/readings").json()["readings"][0]["reading"] is None
    small = client.post("/v1/check", content="指标体系 例".encode(), headers={"content-type": "text/plain"}).json()
    assert not small["usable"]
    assert small["diagnostics"]
    assert client.get("/v1/codes/band-gap?lang=zh").json()["code"] == "band-gap"
    proofs = client.get("/v1/rubrics/" + quote("价格分（低价优先法）") + "/verify")
    assert proofs.status_code == 200


def test_what_cannot_be_answered_is_told_with_its_reason(client: TestClient) -> None:
    score = YUHUA + "/score?edition=2019"
    assert refused(client.get("/v1/rubrics/nope")) == (404, "unknown-rubric")
    assert refused(client.get(YUHUA + "?edition=2018")) == (404, "unknown-rubric")
    assert refused(client.get(YUHUA + "?editoin=2019")) == (400, "unknown-option")
    assert refused(client.get(YUHUA + "/blank?format=xml&edition=2019")) == (400, "unknown-option")
    assert refused(client.get(YUHUA + "?reading=nope&edition=2019")) == (400, "unknown-reading")
    assert refused(client.post(score, content=DATA)) == (415, "media-type")
    assert refused(client.post(score, content=b"\xff\x00\xff", headers=JSON)) == (415, "binary")
    assert refused(client.post(score, content=b"{", headers=JSON)) == (422, "data-faults")
    assert refused(client.post(YUHUA + "/explain?indicator=nope&edition=2019", content=DATA, headers=YAML)) == (
        400,
        "unknown-indicator",
    )
    assert refused(client.post(YUHUA + "/improve?goal=nope&edition=2019", content=DATA, headers=YAML)) == (400, "goal")
    assert refused(client.get("/v1/codes/nope")) == (404, "unknown-code")
    assert refused(client.get("/nope")) == (404, "http")
    assert refused(client.delete(YUHUA + "?edition=2019")) == (405, "http")
    unknown = client.post(score, json={"数据": {"不存在的数": 1}}, headers={"accept-language": "fr, zh-CN;q=0.9"})
    assert refused(unknown) == (422, "data-faults")
    assert [item["code"] for item in unknown.json()["diagnostics"]] == ["unknown-figure"]
    assert unknown.json()["error"]["message"] == "数据有问题"


def test_the_page_and_the_description_name_every_rubric_and_question(client: TestClient) -> None:
    page = client.get("/?lang=zh").text
    assert all(item["name"] in page for item in client.get("/v1/rubrics").json())
    assert "<script" not in page
    paths = client.get("/openapi.json").json()["paths"]
    assert {(path, method.upper()) for path, methods in paths.items() for method in methods} == {
        (each.path, each.method) for each in ENDPOINTS
    }


def test_files_are_read_again_when_they_change_and_nothing_outside_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    outside = tmp_path / "outside.rubric"
    outside.write_text(SMALL.format(name="外面", edition=2019), encoding="utf-8")
    (folder / "link.rubric").symlink_to(outside)
    (folder / "folder").symlink_to(tmp_path)
    first = folder / "a.rubric"
    first.write_text(SMALL.format(name="甲/乙", edition=2019), encoding="utf-8")
    name = "/v1/rubrics/" + quote("甲/乙", safe="")
    with served(folder) as client:
        assert [item["file"] for item in client.get("/v1/rubrics").json()] == ["a.rubric"]
        assert client.get(name).json()["edition"] == "2019"
        for path in ("/v1/rubrics/..%2Foutside", "/v1/rubrics/" + quote(str(outside), safe="")):
            assert refused(client.get(path)) == (404, "unknown-rubric")
        (folder / "b.rubric").write_text(SMALL.format(name="甲/乙", edition=2020), encoding="utf-8")
        assert refused(client.get(name)) == (409, "unknown-rubric")
        assert client.get(name + "?edition=2020").json()["edition"] == "2020"
        first.write_text("指标体系 坏", encoding="utf-8")
        assert client.get(name).json()["edition"] == "2020"
        assert [item["usable"] for item in client.get("/v1/rubrics").json()] == [False, True]
        assert "有错误" in client.get("/?lang=zh").text
        first.unlink()
        assert [item["file"] for item in client.get("/v1/rubrics").json()] == ["b.rubric"]
    with pytest.raises(NotADirectoryError):
        create_app(outside)


def test_a_token_lets_in_and_other_host_names_do_not(tmp_path: Path) -> None:
    with served(tmp_path, token=TOKEN) as client:
        assert refused(client.get("/v1/rubrics")) == (401, "token")
        assert refused(client.get("/")) == (401, "token")
        assert refused(client.get("/", headers={"authorization": f"Bearer {TOKEN}er"})) == (401, "token")
        assert refused(client.get("/", headers={"authorization": "Basic ==="})) == (401, "token")
        assert client.get("/v1/rubrics", headers={"authorization": f"Bearer {TOKEN}"}).json() == []
        assert client.get("/", auth=("anyone", TOKEN)).status_code == 200
        assert refused(client.get("/", headers={"host": "evil.example"}, auth=("", TOKEN))) == (400, "unknown-host")


def test_work_that_takes_too_long_is_ended_and_the_next_is_served(tmp_path: Path) -> None:
    with served(ROOT / "rubrics", limits=Limits(seconds=0.001, workers=1)) as client:
        assert refused(client.get("/v1/rubrics")) == (504, "time-limit")
    with served(tmp_path, limits=Limits(seconds=60, workers=1, body=100)) as client:
        assert refused(client.post("/v1/check", content=b"x" * 101, headers={"content-type": "text/plain"})) == (
            413,
            "too-large",
        )
        assert client.post("/v1/check", content=b"x" * 100, headers={"content-type": "text/plain"}).status_code == 200


@contextmanager
def running(folder: Path, limits: Limits) -> Iterator[int]:
    """Run the service on a port of this machine, as ``rubric serve`` does."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(folder, limits=limits), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_a_request_that_is_cut_off_or_never_ends_hurts_nobody(tmp_path: Path) -> None:
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
    with running(tmp_path, Limits(seconds=3, workers=1)) as port:
        for sent in (head + b"half", head[:30], b"\xff\xfe\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port)) as cut:
                cut.sendall(sent)
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(head + b"half")
            slow.settimeout(30)
            assert slow.recv(100).startswith(b"HTTP/1.1 408")
        assert httpx.get(f"http://127.0.0.1:{port}/openapi.json", timeout=30).status_code in {200, 504}


def test_a_flood_is_answered_or_told_to_come_back(tmp_path: Path) -> None:
    (tmp_path / "a.rubric").write_text(SMALL.format(name="甲", edition=2019), encoding="utf-8")
    with (
        running(tmp_path, Limits(seconds=60, workers=1, waiting=3)) as port,
        httpx.Client(timeout=60) as asking,
        ThreadPoolExecutor(32) as flood,
    ):
        address = f"http://127.0.0.1:{port}/v1/rubrics/%E7%94%B2"
        found = list(flood.map(asking.get, [address] * 200))
        assert {each.status_code for each in found} == {200, 503}
        assert {each.headers.get("retry-after") for each in found if each.status_code == 503} == {"1"}
        assert asking.get(address).status_code == 200


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_threads_that_ask_get_one_thread_s_answers_and_memory_stays_bounded(tmp_path: Path) -> None:
    """Four clients ask 300 times each over HTTP (``test_threads.py``: 10,000 times each in one process); then a flood of large bodies, none of which is kept."""
    (tmp_path / "yuhua.rubric").write_bytes((ROOT / "rubrics/yuhua/2019.rubric").read_bytes())
    data = [{"数据": {"编制数": 10, "在职人员数": str(staff)}} for staff in range(8, 16)]

    with running(tmp_path, Limits(seconds=60, workers=2, waiting=8)) as port:
        address = f"http://127.0.0.1:{port}{YUHUA}/score?lang=en&edition=2019"
        with httpx.Client(timeout=120) as alone:
            expected = [alone.post(address, json=each).json() for each in data]
        assert len({each["indicators"][0]["score"] for each in expected}) > 1

        def ask(start: int) -> int:
            with httpx.Client(timeout=120) as asking:
                wrong = 0
                for number in range(300):
                    place = (start + number) % len(data)
                    wrong += asking.post(address, json=data[place]).json() != expected[place]
                return wrong

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(ask, range(4))) == [0] * 4

        before = resident()
        large = b"#" + b"x" * (1 << 20)  # a byte too many: refused as it comes in
        allowed = json.dumps({"单位": "x" * 90_000, "数据": {"编制数": 10}}).encode()
        with httpx.Client(timeout=120) as asking, ThreadPoolExecutor(32) as flood:
            for body, statuses in ((large, {413}), (allowed, {200, 503})):

                def send(_: int, body: bytes = body) -> int:
                    return asking.post(address, content=body, headers=JSON).status_code

                assert set(flood.map(send, range(300))) <= statuses
        assert resident() - before < 100 << 20


def resident() -> int:
    """Return the bytes that this process and the service's workers hold."""
    threads = Path("/proc/self/task").glob("*/children")  # a worker is the child of the thread that the service runs in
    children = [each for path in threads for each in path.read_text(encoding="ascii").split()]
    pages = [int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1]) for each in ("self", *children)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")
