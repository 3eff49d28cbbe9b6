"""The Jira editions of the stand-in beside each other."""

import re
from datetime import datetime, timezone

import httpx
import pytest

from test_atlassian import JQL, control_ids, fault, fresh, ids, site  # noqa: F401 (fixtures)

DC = "/jira/rest/api/2"


def ask(site, jql=JQL, **parameters):
    return site.post(f"{DC}/search", json={"jql": jql, "fields": ["updated", "summary"], **parameters})


def walk(site, size, **parameters):
    found = []
    while True:
        answer = ask(site, startAt=len(found), maxResults=size, **parameters).json()
        found += answer["issues"]
        if len(found) >= answer["total"] or not answer["issues"]:
            return found


def test_the_editions_name_themselves(site):
    assert site.get("/rest/api/2/serverInfo").json()["deploymentType"] == "Cloud"
    assert site.get(f"{DC}/serverInfo").json()["deploymentType"] == "Server"
    assert site.get("/jira/rest/api/3/serverInfo").status_code == 404


def test_offsets_give_every_issue_once(site):
    assert sorted(ids(walk(site, 7))) == control_ids(site, "issues")
    site.post("/_control/limits", json={"page_cap": 5})
    assert len(ask(site, maxResults=50).json()["issues"]) == 5
    assert ask(site, maxResults=0).json()["total"] == len(control_ids(site, "issues"))


def test_the_result_window_ends_the_walk(site):
    site.post("/_control/limits", json={"result_window": 20})
    assert ask(site, startAt=10, maxResults=10).status_code == 200
    refused = ask(site, startAt=11, maxResults=10)
    assert refused.status_code == 500 and "Search limit exceeded" in refused.text


def test_an_edit_while_paging_makes_a_hole(site):
    first = ask(site, maxResults=10).json()["issues"]
    fault(site, match="/jira/rest/api/2/search", edits={first[0]["key"]: {"summary": "moved to the end"}})
    second = ask(site, startAt=10, maxResults=1000).json()["issues"]
    assert len({*ids(first), *ids(second)}) == len(control_ids(site, "issues")) - 1


def test_bodies_are_wiki_markup(site):
    def issue(key):
        return site.get(f"{DC}/issue/{key}").json()["fields"]
    bodies = [issue(entry["key"])["description"] for entry in site.get("/_control/issues").json()]
    assert all(body is None or isinstance(body, str) for body in bodies)
    text = "\n".join(body for body in bodies if body)
    for sign in ("{code", "||", "h2. ", "* ", "{info}", "[~", "{quote}"):
        assert sign in text, sign
    assert issue("HELP-1")["reporter"]["name"] == "yuna" and "accountId" not in issue("HELP-1")["reporter"]


def test_internal_comments_are_told_by_a_property_only(site):
    embedded = site.get(f"{DC}/issue/HELP-1").json()["fields"]["comment"]["comments"]
    assert len(embedded) == 2 and not any({"jsdPublic", "properties"} & set(comment) for comment in embedded)
    told = site.get(f"{DC}/issue/HELP-1/comment", params={"expand": "properties"}).json()["comments"]
    assert [comment["properties"] for comment in told] == [[], [{"key": "sd.public.comment", "value": {"internal": True}}]]


def test_dates_stand_in_the_zone_of_the_server(site):
    site.post("/_control/clock", json={"instance_zone": "America/Los_Angeles"})
    updated = site.get(f"{DC}/issue/FLEET-3").json()["fields"]["updated"]
    assert re.fullmatch(r".*-0[78]00", updated)
    hour_ago = int(datetime.now(timezone.utc).timestamp() * 1000) - 3_600_000
    assert ask(site, f"updated >= {hour_ago}").json()["total"] == 0
    site.post("/_control/limits", json={"reads_milliseconds": False})
    assert ask(site, f"updated >= {hour_ago}").status_code == 400
    assert ask(site, 'updated >= "-60m"').json()["total"] == 0


def test_credentials(site):
    bearer = httpx.Client(base_url=site.base_url, headers={"Authorization": "Bearer dev-token-haneul"})
    assert bearer.get(f"{DC}/myself").json()["name"] == "robot"
    wrong = httpx.Client(base_url=site.base_url, headers={"Authorization": "Bearer wrong"})
    refused = wrong.get(f"{DC}/myself")
    assert refused.status_code == 401 and refused.headers["content-type"].startswith("text/html")
    nobody = httpx.Client(base_url=site.base_url)
    assert nobody.get(f"{DC}/myself").status_code == 401
    empty = nobody.post(f"{DC}/search", json={"jql": "key is not empty"})
    assert (empty.status_code, empty.json()["total"], empty.headers["x-ausername"]) == (200, 0, "anonymous")


@pytest.mark.parametrize("prefix", ["/rest/api/3/project/search", f"{DC}/project"])
def test_permission_may_vanish(site, prefix):
    site.post("/_control/projects/WMS", json={"visible": False})
    answer = site.get(prefix).json()
    assert {project["key"] for project in (answer if isinstance(answer, list) else answer["values"])} == {"FLEET", "HELP"}
    for url in ("/rest/api/3/project/WMS", f"{DC}/project/WMS", "/rest/api/3/issue/WMS-10", f"{DC}/issue/WMS-10"):
        assert site.get(url).status_code == 404
    assert ask(site, "project = WMS").status_code == 400
    site.post("/_control/projects/WMS", json={"visible": True})
    assert ask(site, "project = WMS").json()["total"] > 0


def test_fields_of_an_issue_can_be_edited(site):
    site.post("/_control/issues/FLEET-3", json={"security": "Internal", "points": 5, "sprint": "Sprint, 9", "components": ["A"]})
    site.post("/_control/issues/FLEET-3/attachments", json={"name": "a.png"})
    names = {field["name"]: field["id"] for field in site.get("/rest/api/3/field").json()}
    for root in ("/rest/api/3", DC):
        fields = site.get(f"{root}/issue/FLEET-3").json()["fields"]
        assert fields["security"]["name"] == "Internal" and fields[names["Story Points"]] == 5
        assert "Sprint, 9" in str(fields[names["스프린트"]]) and fields["attachment"][-1]["filename"] == "a.png"


@pytest.mark.parametrize("root", ["/rest/api/3", DC])
def test_who_browses_a_project_is_told(site, root):
    site.post("/_control/projects/WMS", json={"readers": {"users": ["jiwoo"], "groups": ["staff"]}})
    scheme = site.get(f"{root}/project/WMS/permissionscheme", params={"expand": "permissions"}).json()
    holders = [grant["holder"] for grant in scheme["permissions"] if grant["permission"] == "BROWSE_PROJECTS"]
    assert [(holder["type"], holder["parameter"]) for holder in holders] == [("group", "staff"), ("projectRole", "10002")]
    assert ("value" in holders[0]) == (root != DC) and len(scheme["permissions"]) == 3
    actor = site.get(f"{root}/project/WMS/role/10002").json()["actors"][0]
    assert actor["name"] == "jiwoo" if root == DC else actor["actorUser"]["accountId"].endswith("0002")


def test_who_belongs_to_a_security_level_is_told(site):
    for level, expected in (("Incident room", [("group", "group-on-call")]), ("Private", [("reporter", None)])):
        site.post("/_control/issues/FLEET-3", json={"security": level})
        id = site.get("/rest/api/3/issue/FLEET-3").json()["fields"]["security"]["id"]
        answer = site.get("/rest/api/3/issuesecurityschemes/level/member", params={"levelId": id}).json()
        assert [(member["holder"]["type"], member["holder"].get("value")) for member in answer["values"]] == expected
        assert answer["isLast"] is True
