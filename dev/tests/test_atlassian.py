"""The Atlassian stand-in: started as a process, asked over HTTP, as the fleet will."""

import json
import re
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta, timezone
from html.entities import name2codepoint
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

DEV = Path(__file__).resolve().parents[1]
AUTH = ("robot@haneul.example", "dev-token-haneul")
CQL = 'space in ("ENG","OPS","HR") and type in (page,blogpost) order by lastmodified asc'
JQL = "project in (FLEET, WMS, HELP) ORDER BY updated ASC, key ASC"
ADF_TYPES = set(
    "doc paragraph text heading bulletList orderedList listItem table tableRow tableHeader tableCell codeBlock panel "
    "blockquote rule expand taskList taskItem mention emoji inlineCard blockCard status date hardBreak mediaSingle media "
    "decisionList decisionItem".split())


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    data = tmp_path_factory.mktemp("atlassian")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "atlassian", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, cwd=DEV)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=AUTH, timeout=10)
    try:
        _wait_until_ready(client)
        client.data = data
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(timeout=5)


@pytest.fixture(autouse=True)
def fresh(site):
    site.post("/_control/reset")


def _wait_until_ready(client):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if client.get("/_control/ready").status_code == 200:
                return
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("the stand-in did not start")


def walk_confluence(site, cql=CQL, **parameters):
    answer = site.get("/wiki/rest/api/content/search", params={"cql": cql, **parameters}).json()
    results = list(answer["results"])
    while "next" in answer["_links"]:
        answer = site.get(answer["_links"]["base"] + answer["_links"]["next"]).json()
        results += answer["results"]
    return results


def walk_jira(site, jql=JQL, **parameters):
    issues, token = [], None
    while True:
        asked = {"jql": jql, **parameters, **({"nextPageToken": token} if token else {})}
        answer = site.get("/rest/api/3/search/jql", params=asked).json()
        issues += answer["issues"]
        token = answer.get("nextPageToken")
        assert answer["isLast"] == (token is None)
        if token is None:
            return issues


def control_ids(site, kind):
    return sorted(entry["id"] for entry in site.get(f"/_control/{kind}").json())


def fault(site, **entry):
    site.post("/_control/faults", json=[entry])


def ids(results):
    return [result["id"] for result in results]


# Paging


@pytest.mark.parametrize("times", [1, 3])
def test_paging_gives_every_id_once(site, times):
    site.post("/_control/multiply", json={"times": times})
    pages = walk_confluence(site, limit=7, expand="body.storage,version")
    assert sorted(ids(pages)) == control_ids(site, "pages")
    issues = walk_jira(site, maxResults=9, fields="updated,summary")
    assert sorted(ids(issues)) == control_ids(site, "issues")
    updated = [issue["fields"]["updated"] for issue in issues]
    assert updated == sorted(updated)


def test_page_caps_depend_on_what_is_expanded(site):
    site.post("/_control/multiply", json={"times": 30})
    def count(**parameters):
        return len(site.get("/wiki/rest/api/content/search", params={"cql": "type=page", "limit": 5000, **parameters}).json()["results"])
    assert (count(expand="body.storage"), count(expand="version"), count()) == (50, 200, 1000)
    def size(**parameters):
        return len(site.get("/rest/api/3/search/jql", params={"jql": JQL, "maxResults": 5000, **parameters}).json()["issues"])
    assert (size(fields="summary"), size()) == (100, len(control_ids(site, "issues")))


def test_id_census_of_version_2(site):
    found, url = [], "/wiki/api/v2/pages?limit=10&status=current"
    while url:
        answer = site.get(url)
        found += ids(answer.json()["results"])
        url = answer.json()["_links"].get("next")
        assert (url is None) == ("link" not in answer.headers)
    assert sorted(found) == sorted(ids(walk_confluence(site, "type = page")))
    spaces = site.get("/wiki/api/v2/spaces").json()["results"]
    only = site.get("/wiki/api/v2/pages", params={"space-id": spaces[0]["id"], "limit": 250}).json()["results"]
    assert {page["spaceId"] for page in only} == {spaces[0]["id"]}


def test_a_token_belongs_to_its_query(site):
    token = site.get("/rest/api/3/search/jql", params={"jql": JQL, "maxResults": 5}).json()["nextPageToken"]
    answer = site.get("/rest/api/3/search/jql", params={"jql": "project = FLEET", "nextPageToken": token})
    assert answer.status_code == 400


def test_copies_are_documents_of_their_own(site):
    site.post("/_control/multiply", json={"times": 4})
    copy = site.get("/confluence/rest/api/content/3066005", params={"expand": "body.storage,ancestors,children.comment"}).json()
    assert ids(copy["ancestors"]) == ["3066001"]
    assert copy["children"]["comment"]["results"][0]["id"].startswith("3")
    site.post("/_control/pages/3066005", json={"title": "changed"})
    site.delete("/_control/pages/2066005")
    found = {page["id"]: page["title"] for page in walk_confluence(site)}
    assert found["3066005"] == "changed" and "2066005" not in found and found["66005"] != "changed"
    assert site.get("/rest/api/3/issue/WMS-2015").json()["id"] == "2010257"
    assert ids(walk_jira(site, "key in (WMS-2015, FLEET-1)")) == ["10023", "2010257"]


# Windows and query languages


def test_cql_windows(site):
    recent = walk_confluence(site, 'type in (page,blogpost) and lastmodified >= now("-1440m")')
    assert 5 <= len(recent) < 20
    comments = walk_confluence(site, 'type = comment and lastmodified >= now("-1440m")', expand="container,extensions")
    assert comments and all(comment["container"]["type"] == "page" for comment in comments)
    assert site.get("/wiki/rest/api/content/search", params={"cql": "type=attachment"}).json()["results"][0]["id"].startswith("att")
    assert ids(walk_confluence(site, "(id in (65609, 66005) or title ~ 'rollback') and type=page")) == ["65609", "66005"]


def test_date_literals_follow_the_zones(site):
    now = datetime.now(timezone.utc)
    site.post("/_control/pages/66005", json={"title": "edited now"})
    site.post("/_control/issues/FLEET-6", json={"summary": "edited now"})
    an_hour_ago = (now - timedelta(hours=1)).astimezone(ZoneInfo("Asia/Seoul")).strftime("%Y-%m-%d %H:%M")
    cql, jql = f'type=page and lastmodified >= "{an_hour_ago}"', f'updated >= "{an_hour_ago}"'
    assert ids(walk_confluence(site, cql)) == ["66005"] and ids(walk_jira(site, jql)) == ["10041"]
    # Read nine hours west the same literals lie in the future.
    site.post("/_control/clock", json={"instance_zone": "UTC", "profile_zone": "UTC"})
    assert walk_confluence(site, cql) == [] and walk_jira(site, jql) == []
    assert site.get("/rest/api/3/myself").json()["timeZone"] == "UTC"


def test_jql_windows(site):
    hour_ago = int((time.time() - 3600) * 1000)
    assert walk_jira(site, f"updated >= {hour_ago}") == []
    day = walk_jira(site, "updated >= -1440m")
    assert 8 <= len(day) < 25
    assert ids(day) == ids(walk_jira(site, f"updated >= {hour_ago - 23 * 3600_000}"))
    assert len(walk_jira(site, "key IS NOT EMPTY ORDER BY key")) == len(control_ids(site, "issues"))


def test_at_least_fifteen_documents_of_the_last_day(site):
    pages = walk_confluence(site, 'type in (page,blogpost) and lastmodified >= now("-1440m")')
    assert len(pages) + len(walk_jira(site, "updated >= -1440m")) >= 15


@pytest.mark.parametrize("jql", ["", "ORDER BY updated", "project = NOPE", "updated >>> 3", "colour = red", "project ="])
def test_bad_jql(site, jql):
    answer = site.get("/rest/api/3/search/jql", params={"jql": jql})
    assert answer.status_code == 400 and answer.json()["errorMessages"]


@pytest.mark.parametrize("cql", ["", "type = ", "foo", "lastmodified >= -1440m", "colour = red"])
def test_bad_cql(site, cql):
    answer = site.get("/wiki/rest/api/content/search", params={"cql": cql})
    assert (answer.status_code, answer.json()["message"]) == (400, f"Could not parse cql : {cql}")


# Shapes


def test_default_fields_are_only_the_id(site):
    assert set(walk_jira(site)[0]) == {"id"}


def test_embedded_comments_stop_at_twenty_and_paging_has_the_rest(site):
    answer = site.post("/rest/api/3/search/jql", json={"jql": "key = FLEET-22", "fields": ["comment"]}).json()
    embedded = answer["issues"][0]["fields"]["comment"]
    assert (len(embedded["comments"]), embedded["total"]) == (20, 23)
    rest = site.get("/rest/api/3/issue/FLEET-22/comment", params={"startAt": 20}).json()
    assert len(rest["comments"]) == 3 and not {*ids(rest["comments"])} & {*ids(embedded["comments"])}
    page = site.get("/confluence/rest/api/content/65649/child/comment", params={"limit": 12, "depth": "all"}).json()
    found = ids(page["results"])
    while "next" in page["_links"]:
        page = site.get(page["_links"]["base"] + page["_links"]["next"]).json()
        found += ids(page["results"])
    assert len(set(found)) == 30


def test_internal_comments_are_marked(site):
    comments = site.get("/rest/api/3/issue/HELP-6/comment").json()["comments"]
    assert [comment["jsdPublic"] for comment in comments] == [True, False, True]


def test_timestamps_look_like_the_real_ones(site):
    fields = site.get("/rest/api/3/issue/FLEET-3").json()["fields"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0900", fields["updated"])
    version = walk_confluence(site, "id = 65609", expand="version")[0]["version"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", version["when"])


def test_expand_decides_what_is_spelled_out(site):
    bare = site.get("/confluence/rest/api/content/65609").json()
    assert "body" not in bare and "body" in bare["_expandable"]
    full = site.get("/confluence/rest/api/content/65609", params={
        "expand": "body.storage,version,history.lastUpdated,ancestors,space,metadata.labels,children.attachment"}).json()
    assert ids(full["ancestors"]) == ["65601", "65605"] and full["space"]["key"] == "ENG"
    assert {label["name"] for label in full["metadata"]["labels"]["results"]} >= {"runbook"}


def test_small_endpoints(site):
    assert site.get("/rest/api/3/serverInfo").json()["deploymentType"] == "Cloud"
    assert site.get("/rest/api/3/project/search").json()["total"] == 3
    assert site.post("/rest/api/3/search/approximate-count", json={"jql": JQL}).json() == {"count": len(control_ids(site, "issues"))}
    assert site.get("/confluence/rest/api/space", params={"limit": 2}).json()["size"] == 2
    for version in (2, 3):
        assert site.get(f"/rest/api/{version}/search", params={"jql": JQL}).status_code == 410


# Credentials


def test_wrong_credentials(site):
    wrong = httpx.Client(base_url=site.base_url, auth=(AUTH[0], "wrong"))
    me = wrong.get("/rest/api/3/myself")
    assert (me.status_code, me.headers["X-Seraph-LoginReason"]) == (401, "AUTHENTICATED_FAILED")
    found = wrong.get("/rest/api/3/search/jql", params={"jql": JQL})
    assert found.json()["issues"] == [] and found.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    assert wrong.get("/rest/api/3/issue/FLEET-1").status_code == 404
    assert wrong.get("/wiki/rest/api/user/current").status_code == 401


def test_anonymous_sees_an_empty_wiki(site):
    nobody = httpx.Client(base_url=site.base_url)
    assert nobody.get("/wiki/rest/api/user/current").json()["type"] == "anonymous"
    assert nobody.get("/wiki/rest/api/content/search", params={"cql": CQL}).json()["results"] == []
    assert nobody.get("/rest/api/3/myself").status_code == 401


def test_the_journal_holds_no_credentials(site):
    site.get("/rest/api/3/myself")
    counted = site.get("/_control/requests").json()
    assert counted["requests"] == [{"method": "GET", "path": "/rest/api/3/myself", "status": 200, "authorized": True}]
    text = (site.data / "requests.jsonl").read_text()
    assert "/myself" in text and "dev-token" not in text and "Basic" not in text


# Edits


def test_editing_a_page_raises_its_version(site):
    before = site.get("/confluence/rest/api/content/66005", params={"expand": "version"}).json()["version"]
    site.post("/_control/pages/66005", json={"append_storage": "<p>새 문단</p>"})
    after = site.get("/confluence/rest/api/content/66005", params={"expand": "version,body.storage"}).json()
    assert after["version"]["number"] == before["number"] + 1 and after["version"]["when"] > before["when"]
    assert after["body"]["storage"]["value"].endswith("<p>새 문단</p>")
    assert walk_confluence(site)[-1]["id"] == "66005"


def test_comments_and_labels_leave_the_version_alone(site):
    site.post("/_control/pages/66005/comments", json={"storage": "<p>확인했습니다</p>"})
    site.post("/_control/pages/66005/labels", json={"labels": ["new"]})
    page = site.get("/confluence/rest/api/content/66005", params={"expand": "version,metadata.labels,children.comment"}).json()
    assert page["version"]["number"] == 15 and page["children"]["comment"]["size"] == 3
    newest = walk_confluence(site, "type = comment order by created desc", expand="container")[0]
    assert newest["container"]["id"] == "66005"


def test_deleted_things_leave_no_trace(site):
    site.delete("/_control/pages/65637")
    site.delete("/_control/issues/WMS-10")
    assert site.get("/confluence/rest/api/content/65637").status_code == 404
    assert site.get("/rest/api/3/issue/WMS-10").status_code == 404
    assert "65637" not in ids(walk_confluence(site)) and "10239" not in ids(walk_jira(site))


def test_a_moved_issue_keeps_its_id(site):
    site.post("/_control/issues/WMS-10/move", json={"key": "FLEET-90"})
    assert site.get("/rest/api/3/issue/WMS-10").json()["key"] == "FLEET-90"
    assert ids(walk_jira(site, "key = FLEET-90")) == ["10239"]
    assert "10239" in ids(walk_jira(site, "project = FLEET"))


def test_archived_pages_are_only_in_version_2(site):
    site.post("/_control/pages/65637/status", json={"status": "archived"})
    def census(**parameters):
        return ids(site.get("/wiki/api/v2/pages", params={"limit": 250, **parameters}).json()["results"])
    assert "65637" in census() and "65637" not in census(status="current")
    assert site.get("/confluence/rest/api/content/65637").status_code == 404 and "65637" not in ids(walk_confluence(site))


def test_editing_an_issue_moves_its_date(site):
    before = site.get("/rest/api/3/issue/WMS-10").json()["fields"]["updated"]
    site.post("/_control/issues/WMS-10/comments", json={"text": "Headsets **arrived**."})
    site.post("/_control/issues/WMS-10", json={"description_text": None})
    fields = site.get("/rest/api/3/issue/WMS-10").json()["fields"]
    assert fields["updated"] > before and fields["comment"]["total"] == 1 and fields["description"] is None


# Faults


def test_scripted_answers(site):
    fault(site, match="/myself", after=1, times=2, status=429, headers={"Retry-After": "1"})
    assert [site.get("/rest/api/3/myself").status_code for _ in range(4)] == [200, 429, 429, 200]


def test_broken_answers(site):
    url = "/wiki/rest/api/content/search?cql=type=page"
    fault(site, match="/content/search", kind="truncate")
    with pytest.raises(json.JSONDecodeError):
        site.get(url).json()
    fault(site, match="/content/search", kind="html_login")
    assert site.get(url).headers["content-type"].startswith("text/html")
    fault(site, match="/content/search", kind="redirect", body="https://elsewhere.invalid/")
    assert site.get(url).headers["location"] == "https://elsewhere.invalid/"
    fault(site, match="/content/search", kind="reset")
    with pytest.raises(httpx.TransportError):
        site.get(url)
    assert site.get(url).status_code == 200


def test_paging_faults(site):
    fault(site, match="/content/search", kind="empty_page_with_next", after=1)
    assert sorted(ids(walk_confluence(site, limit=10))) == control_ids(site, "pages")
    fault(site, match="/search/jql", kind="short_page", times=3)
    assert sorted(ids(walk_jira(site, maxResults=20))) == control_ids(site, "issues")
    first = site.get("/rest/api/3/search/jql", params={"jql": JQL, "maxResults": 5}).json()
    fault(site, match="/search/jql", kind="repeat_cursor")
    again = site.get("/rest/api/3/search/jql", params={"jql": JQL, "maxResults": 5, "nextPageToken": first["nextPageToken"]})
    assert again.json()["nextPageToken"] == first["nextPageToken"]
    fault(site, match="/content/search", kind="foreign_next")
    links = site.get("/wiki/rest/api/content/search", params={"cql": CQL, "limit": 5}).json()["_links"]
    assert links["next"].startswith("http://foreign.invalid/")


# Corpus


def korean_share(text):
    hangul, latin = len(re.findall("[가-힣]", text)), len(re.findall("[A-Za-z]", text))
    return hangul / max(1, hangul + latin)


def adf_nodes(node):
    yield node
    for child in node.get("content", ()):
        yield from adf_nodes(child)


def test_corpus_counts_and_languages(site):
    pages = walk_confluence(site, expand="body.storage,space")
    issues = walk_jira(site, fields="*all")
    assert sum(page["type"] == "page" for page in pages) >= 44 and sum(page["type"] == "blogpost" for page in pages) >= 2
    assert {page["space"]["key"] for page in pages} == {"ENG", "OPS", "HR"} and len(issues) >= 66
    texts = [page["title"] + re.sub("<[^>]*>", "", page["body"]["storage"]["value"]) for page in pages]
    texts += [issue["fields"]["summary"] for issue in issues]
    assert 0.35 < sum(korean_share(text) > 0.5 for text in texts) / len(texts) < 0.65
    assert sum(issue["fields"]["comment"]["total"] > 0 for issue in issues) >= len(issues) / 2
    assert any(issue["fields"]["description"] is None for issue in issues)
    assert any(page["body"]["storage"]["value"] == "" for page in pages)


def test_inline_comments_have_their_marker_in_the_page(site):
    inline = [comment for comment in walk_confluence(site, "type = comment", expand="extensions.inlineProperties,container.body.storage")
              if comment["extensions"]["location"] == "inline"]
    assert len(inline) >= 3
    for comment in inline:
        properties, body = comment["extensions"]["inlineProperties"], comment["container"]["body"]["storage"]["value"]
        assert f'ac:ref="{properties["markerRef"]}">{properties["originalSelection"]}<' in body


def test_storage_is_well_formed(site):
    entities = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in name2codepoint.items()
                       if name not in ("lt", "gt", "amp", "quot"))
    everything = "type in (page, blogpost, comment)"
    for entry in walk_confluence(site, everything, expand="body.storage"):
        body = entry["body"]["storage"]["value"]
        ElementTree.fromstring(f'<!DOCTYPE x [{entities}]><x xmlns:ac="ac" xmlns:ri="ri">{body}</x>')


def test_adf_uses_known_nodes(site):
    seen = set()
    for issue in walk_jira(site, fields="description,comment"):
        bodies = [issue["fields"]["description"], *(c["body"] for c in issue["fields"]["comment"]["comments"])]
        for node in (node for body in bodies if body for node in adf_nodes(body)):
            seen.add(node["type"])
            assert node["type"] != "text" or node["text"]
    assert seen == ADF_TYPES


def test_two_starts_give_the_same_content(site):
    def snapshot():
        pages = walk_confluence(site, expand="body.storage,version")
        return [(p["id"], p["version"]["number"], p["body"]) for p in pages], walk_jira(site, fields="*all")
    before = snapshot()
    site.post("/_control/pages/66005", json={"title": "edited"})
    site.post("/_control/reset")
    assert snapshot() == before
