"""Confluence of the Atlassian stand-in: what Data Center does differently, and what people do to pages."""

from datetime import datetime, timedelta, timezone

import httpx
import pytest

from test_atlassian import control_ids, fault, fresh, ids, site, walk_confluence  # noqa: F401 (fixtures)

SEARCH = "/confluence/rest/api/content/search"
PAGES = 'space in ("ENG","OPS","HR") and type in (page,blogpost) order by lastmodified desc'


def search(site, cql=PAGES, **parameters):
    return site.get(SEARCH, params={"cql": cql, **parameters}).json()


def test_data_center_cuts_pages_silently_and_links_to_none(site):
    first = search(site, limit=200, expand="body.storage")
    assert (first["size"], first["limit"], first["_links"].get("next")) == (20, 20, None)
    found, start = [], 0
    while page := search(site, limit=200, start=start)["results"]:
        found += ids(page)
        start += len(page)
    assert sorted(found) == control_ids(site, "pages")


def test_data_center_knows_people_by_name_and_dates_in_its_own_zone(site):
    me = site.get("/confluence/rest/api/user/current").json()
    assert me["username"] == "robot" and "accountId" not in me
    version = search(site, "id = 65609", expand="version")["results"][0]["version"]
    assert version["when"].endswith("+09:00") and "accountId" not in version["by"]


def test_a_personal_access_token_is_taken(site):
    bearer = httpx.Client(base_url=site.base_url, headers={"Authorization": "Bearer dev-token-haneul"})
    assert bearer.get("/confluence/rest/api/user/current").json()["username"] == "robot"
    wrong = httpx.Client(base_url=site.base_url, headers={"Authorization": "Bearer wrong"})
    assert wrong.get("/confluence/rest/api/user/current").status_code == 401


def test_literals_are_read_in_the_callers_zone_on_data_center_and_in_the_sites_on_cloud(site):
    site.post("/_control/clock", json={"instance_zone": "UTC", "profile_zone": "Asia/Seoul"})
    site.post("/_control/pages/66005", json={"title": "edited now"})
    # Read in Seoul this is ten hours ago, read in UTC in an hour.
    literal = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
    cql = f'type=page and lastmodified >= "{literal}"'
    assert "66005" in ids(search(site, cql)["results"]) and walk_confluence(site, cql) == []


def test_an_old_server_does_not_know_now(site):
    site.post("/_control/clock", json={"knows_now": False})
    assert site.get(SEARCH, params={"cql": 'type=page and lastmodified >= now("-5m")'}).status_code == 400
    assert site.get(SEARCH, params={"cql": 'type=page and lastmodified >= "2020-01-01 00:00"'}).status_code == 200


def test_cloud_has_lost_what_version_2_can_do(site):
    for path in ("/content/65609", "/content/65609/child/comment", "/content", "/space", "/space/ENG"):
        assert site.get("/wiki/rest/api" + path).status_code == 410


def test_children_are_found_by_their_container(site):
    site.post("/_control/multiply", json={"times": 3})
    found = walk_confluence(site, "type in (comment,attachment) and container in (65605,1065605)", expand="container")
    assert {entry["container"]["id"] for entry in found} == {"65605", "1065605"}
    assert {entry["type"] for entry in found} == {"comment", "attachment"}
    answer = next(entry for entry in walk_confluence(site, "type=comment", expand="ancestors") if entry["ancestors"])
    assert answer["ancestors"][0]["type"] == "comment"


def test_restrictions_are_told_when_asked_for(site):
    site.post("/_control/pages/65609/restriction", json={"users": ["jiwoo"], "groups": ["engineers"]})
    expand = "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
    read = walk_confluence(site, "id = 65609", expand=expand)[0]["restrictions"]["read"]["restrictions"]
    assert len(read["user"]["results"]) == 1 and read["group"]["results"][0]["name"] == "engineers"
    assert "restrictions" not in walk_confluence(site, "id = 65609", expand="version")[0]


def test_who_reads_a_space_is_told(site):
    site.post("/_control/spaces/HR", json={"readers": {"users": ["jiwoo"], "groups": ["staff"]}})
    entries = site.get("/wiki/api/v2/spaces/98313/permissions").json()["results"]
    reading = [entry["principal"] for entry in entries if entry["operation"] == {"key": "read", "targetType": "space"}]
    assert reading == [{"type": "user", "id": "70121:0a1b0000-0000-4000-8000-000000000002"}, {"type": "group", "id": "group-staff"}]
    assert len(entries) > len(reading)
    entries = site.get("/confluence/rest/api/space/HR/permissions").json()
    subjects = [entry["subject"] for entry in entries if entry["operation"]["operationKey"] == "read"]
    person = search(site, "id = 65609", expand="version")["results"][0]["version"]["by"]
    assert [subject.get("name") or subject["userKey"][:4] for subject in subjects] == [person["userKey"][:4], "staff"]
    site.post("/_control/spaces/HR", json={"visible": False})
    for url in ("/wiki/api/v2/spaces/98313/permissions", "/confluence/rest/api/space/HR/permissions"):
        assert site.get(url).status_code == 404


def test_what_leaves_no_trace_in_a_search(site):
    comment = site.post("/_control/pages/65609/comments", json={"storage": "<p>x</p>", "inline": "x"}).json()["id"]
    site.post("/_control/pages/65609/comments", json={"resolve": comment})
    site.post("/_control/pages/65613/labels", json={"remove": ["release"], "labels": ["b"]})
    site.post("/_control/pages/65617/parent", json={"parent": 65605})
    found = walk_confluence(site, f"id = {comment}", expand="extensions.resolution")
    assert found[0]["extensions"]["resolution"]["status"] == "resolved"
    recent = ids(walk_confluence(site, 'type = page and lastmodified >= now("-1m")'))
    assert not {"65609", "65613", "65617"} & {*recent}
    site.post("/_control/pages/65609/comments", json={"delete": comment})
    assert walk_confluence(site, f"id = {comment}") == []


def test_a_hidden_space_looks_empty(site):
    site.post("/_control/spaces/OPS", json={"visible": False})
    assert walk_confluence(site, "space = OPS") == []
    assert site.get("/confluence/rest/api/space/OPS").status_code == 404
    assert [s["key"] for s in site.get("/wiki/api/v2/spaces", params={"keys": "ENG,OPS"}).json()["results"]] == ["ENG"]


@pytest.mark.parametrize("path", ["/wiki/rest/api/content/search", SEARCH])
def test_heavy_pages_and_edits_in_between(site, path):
    fault(site, match="body.storage", over_limit=5, status=504, times=9)
    asked = {"cql": "type=page", "expand": "body.storage"}
    assert [site.get(path, params={**asked, "limit": limit}).status_code for limit in (6, 5)] == [504, 200]
    fault(site, match="content/search", page_edits={"65609": "<p>later</p>"})
    site.get(path, params={"cql": "type=page"})
    assert "later" in walk_confluence(site, "id = 65609", expand="body.storage")[0]["body"]["storage"]["value"]
