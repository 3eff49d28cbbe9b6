"""JSON of issues, comments and users as version 3 gives them."""

from ..clock import jira_time
from ..records import Attachment, Comment, Issue, Readers
from ..store import Store, level_id

EMBEDDED_COMMENTS = 20
SPRINT_FIELD, EPIC_FIELD, POINTS_FIELD = "customfield_10020", "customfield_10014", "customfield_10016"
READER_ROLE = 10_002
STATUS_CATEGORIES = {"To Do": (2, "new", "blue-gray"), "In Progress": (4, "indeterminate", "yellow"),
                     "Done": (3, "done", "green")}
CATEGORY_OF = {"To Do": "To Do", "Waiting for support": "To Do", "Backlog": "To Do", "Done": "Done", "Resolved": "Done",
               "Closed": "Done"}
LINK_TYPES = {"Blocks": ("10000", "is blocked by", "blocks"), "Relates": ("10003", "relates to", "relates to"),
              "Duplicate": ("10002", "is duplicated by", "duplicates"), "Cause": ("10005", "is caused by", "causes")}


class Renderer:
    # What an edition has of its own.
    version, context = 3, ""

    def __init__(self, store: Store, site: str):
        self.store = store
        self.api = f"{site}{self.context}/rest/api/{self.version}"

    def body(self, document: dict | None) -> object:
        return document

    def sprint(self, name: str) -> object:
        return [{"id": 31, "name": name, "state": "active", "boardId": 4}]

    def custom_fields(self) -> list[dict]:
        return [{"id": id, "key": id, "name": name, "custom": True,
                 "schema": {"type": kind, "custom": custom, "customId": int(id[-5:])}}
                for id, name, kind, custom in (
                    (SPRINT_FIELD, "스프린트", "array", "com.pyxis.greenhopper.jira:gh-sprint"),
                    (EPIC_FIELD, "Epic Link", "any", "com.pyxis.greenhopper.jira:gh-epic-link"),
                    (POINTS_FIELD, "Story Points", "number", "com.atlassian.jira.plugin.system.customfieldtypes:float"))]

    def issue(self, issue: Issue, wanted: set[str], embedded_comments: int = EMBEDDED_COMMENTS) -> dict:
        names = {name for name in wanted if not name.startswith("-")}
        if names <= {"id"}:
            return {"id": str(issue.id)}
        result = {"expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields", "id": str(issue.id),
                  "self": f"{self.api}/issue/{issue.id}", "key": issue.key}
        if names <= {"id", "key"}:
            return result
        fields = self.fields(issue, embedded_comments)
        if not names & {"*all", "*navigable"}:
            fields = {name: value for name, value in fields.items() if name in names}
        elif "*all" not in names:
            # Comments are not among the navigable fields.
            fields = {name: value for name, value in fields.items() if name != "comment" or name in names}
        for name in wanted - names:
            fields.pop(name[1:], None)
        return result | {"fields": fields}

    def fields(self, issue: Issue, embedded_comments: int) -> dict:
        parent = self.store.issue(issue.parent) if issue.parent else None
        is_epic = parent is not None and parent.type == "Epic"
        return {
            "summary": issue.summary, "description": self.body(issue.description), "issuetype": self._type(issue.type),
            "status": self._status(issue.status), "priority": self._named("priority", issue.priority),
            "project": self.project(issue.project), "reporter": self.user(issue.reporter),
            "creator": self.user(issue.reporter), "assignee": self.user(issue.assignee) if issue.assignee else None,
            "labels": list(issue.labels), "components": [self._named("component", name) for name in issue.components],
            "fixVersions": [self._named("version", name) | {"released": False, "archived": False} for name in issue.fix_versions],
            "created": self._time(issue.created), "updated": self._time(issue.updated),
            "issuelinks": [link for kind, key in issue.links if (link := self._link(kind, key, issue))],
            "comment": self._embedded(issue, embedded_comments),
            "attachment": [self._attachment(a) for a in issue.attachments],
            SPRINT_FIELD: self.sprint(issue.sprint) if issue.sprint else None,
            EPIC_FIELD: issue.parent if is_epic else None,
            POINTS_FIELD: issue.points,
            "security": self._level(issue.security) if issue.security else None,
            **({"parent": self._brief(parent)} if parent else {}),
        }

    def comment(self, issue: Issue, comment: Comment) -> dict:
        return {"self": f"{self.api}/issue/{issue.id}/comment/{comment.id}", "id": str(comment.id),
                "author": self.user(comment.author), "body": self.body(comment.body), "updateAuthor": self.user(comment.author),
                "created": self._time(comment.created), "updated": self._time(comment.updated), "jsdPublic": comment.public}

    def user(self, person: str) -> dict:
        who = self.store.people[person]
        return {"self": f"{self.api}/user?accountId={who['account']}", "accountId": who["account"],
                "emailAddress": who["email"], "displayName": who["name"], "active": True,
                "timeZone": who.get("zone", "Asia/Seoul"), "accountType": who.get("type", "atlassian")}

    def project(self, key: str) -> dict:
        project = self.store.projects[key]
        return {"self": f"{self.api}/project/{project['id']}", "id": str(project["id"]), "key": key, "name": project["name"],
                "projectTypeKey": project["type"], "simplified": False}

    def permission_scheme(self, key: str) -> dict:
        """People browse a project through a role, groups by themselves."""
        readers = self.store.project_readers[key]
        holders = self.holders(Readers(groups=readers.groups)) + [self._holder("projectRole", str(READER_ROLE))]
        granted = [("ADMINISTER_PROJECTS", self._holder("projectLead"))] + [("BROWSE_PROJECTS", holder) for holder in holders]
        address = f"{self.api}/permissionscheme/10000"
        return {"id": 10000, "self": address, "name": "Default software scheme", "permissions": [
            {"id": 10_400 + number, "self": f"{address}/permission/{10_400 + number}", "holder": holder, "permission": name}
            for number, (name, holder) in enumerate(granted)]}

    def role(self, key: str) -> dict:
        people = self.store.project_readers[key].users
        return {"self": f"{self.api}/project/{key}/role/{READER_ROLE}", "name": "Guests", "id": READER_ROLE, "description": "",
                "actors": [self.actor(10_240 + number, person) for number, person in enumerate(people)]}

    def actor(self, number: int, person: str) -> dict:
        who = self.store.people[person]
        return {"id": number, "displayName": who["name"], "type": "atlassian-user-role-actor",
                "actorUser": {"accountId": who["account"]}}

    def holders(self, readers: Readers) -> list[dict]:
        return ([self._holder("user", self.store.people[person]["account"]) for person in readers.users]
                + [self._holder("group", name, f"group-{name}") for name in readers.groups])

    def _holder(self, kind: str, parameter: str | None = None, value: str | None = None) -> dict:
        if parameter is None:
            return {"type": kind}
        return {"type": kind, "parameter": parameter, "value": value or parameter, "expand": kind}

    def _level(self, name: str) -> dict:
        id = level_id(name)
        return {"self": f"{self.api}/securitylevel/{id}", "id": id, "name": name, "description": ""}

    def _embedded(self, issue: Issue, limit: int) -> dict:
        shown = [self.comment(issue, comment) for comment in issue.comments[:limit]]
        return {"comments": shown, "self": f"{self.api}/issue/{issue.id}/comment", "maxResults": len(shown),
                "total": len(issue.comments), "startAt": 0}

    def _brief(self, issue: Issue) -> dict:
        return {"id": str(issue.id), "key": issue.key, "self": f"{self.api}/issue/{issue.id}",
                "fields": {"summary": issue.summary, "status": self._status(issue.status),
                           "priority": self._named("priority", issue.priority), "issuetype": self._type(issue.type)}}

    def _link(self, kind: str, key: str, issue: Issue) -> dict | None:
        other = self.store.issue(key)
        id, inward, outward = LINK_TYPES[kind]
        return other and {"id": str(issue.id * 10 + int(id) % 10), "outwardIssue": self._brief(other),
                          "type": {"id": id, "name": kind, "inward": inward, "outward": outward}}

    def _attachment(self, attachment: Attachment) -> dict:
        return {"self": f"{self.api}/attachment/{attachment.id}", "id": str(attachment.id), "filename": attachment.name,
                "author": self.user(attachment.author), "created": self._time(attachment.created), "size": attachment.size,
                "mimeType": attachment.media_type, "content": f"{self.api}/attachment/content/{attachment.id}"}

    def _status(self, name: str) -> dict:
        category = CATEGORY_OF.get(name, "In Progress")
        id, key, color = STATUS_CATEGORIES[category]
        return self._named("status", name) | {"description": "", "statusCategory": {
            "self": f"{self.api}/statuscategory/{id}", "id": id, "key": key, "colorName": color, "name": category}}

    def _type(self, name: str) -> dict:
        return self._named("issuetype", name) | {
            "subtask": name == "Sub-task", "hierarchyLevel": {"Epic": 1, "Sub-task": -1}.get(name, 0)}

    def _named(self, kind: str, name: str) -> dict:
        # An id that is the same at every start and for every issue that names the thing.
        id = str(10_000 + sum(name.encode()) % 900)
        return {"self": f"{self.api}/{kind}/{id}", "id": id, "name": name}

    def _time(self, moment) -> str:
        return jira_time(moment, self.store.clock.instance)
