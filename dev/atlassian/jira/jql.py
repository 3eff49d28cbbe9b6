"""The JQL fields the stand-in knows."""

from ..query import Condition, Query, QueryError, parse
from ..query_dates import instant
from ..records import Issue
from ..search import COMPARE, among
from ..store import Store

DATES = {"updated", "updateddate", "created", "createddate"}
SORTS = DATES | {"key", "id", "issuekey", "priority", "status", "summary"}
MAX_ORDER_FIELDS = 7
PRIORITIES = ["Lowest", "Low", "Medium", "High", "Highest"]


class Jql:
    id_fields = {"id", "key", "issue", "issuekey"}

    def __init__(self, store: Store):
        self.store = store

    def read(self, text: str) -> Query:
        try:
            query = parse(text)
        except QueryError as error:
            raise QueryError(f"Error in the JQL Query: {error}.") from None
        if query.where is None:
            raise QueryError("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
        if len(query.order) > MAX_ORDER_FIELDS:
            raise QueryError("The maximum number of ORDER BY fields is 7.")
        for name, _ in query.order:
            if name not in SORTS:
                raise QueryError(f"Not able to sort using field '{name}'.")
        return query

    def ids(self, condition: Condition) -> set[int]:
        return {id for value in condition.values if (id := self.store.issue_id(value.text)) is not None}

    def id_of(self, field: str, issue: Issue) -> int:
        return issue.id

    def judge(self, condition: Condition, issue: Issue) -> bool:
        name = condition.field
        if condition.operator in ("is", "is not"):
            return self._empty(name, issue) == (condition.operator == "is")
        if name in DATES:
            clock = self.store.clock
            moment = instant(condition.values[0], clock.now(), clock.profile, bare_values=True)
            return COMPARE[condition.operator](self.sort_key(name, issue), moment)
        if name == "project":
            self._check_projects(condition)
        if condition.operator not in ("=", "!=", "in", "not in"):
            raise QueryError(f"The operator '{condition.operator}' is not supported by the '{name}' field.")
        return among(condition, self._texts(name, issue))

    def sort_key(self, name: str, issue: Issue):
        if name in DATES:
            return issue.updated if name.startswith("updated") else issue.created
        if name in ("key", "issuekey"):
            return issue.project, int(issue.key.rsplit("-", 1)[1])
        return PRIORITIES.index(issue.priority) if name == "priority" else getattr(issue, name)

    def _check_projects(self, condition: Condition) -> None:
        projects = self.store.projects
        known = {text.lower() for key, project in projects.items() for text in (key, project["name"], str(project["id"]))}
        known -= {key.lower() for key in self.store.hidden_projects}
        for value in condition.values:
            if value.text.lower() not in known:
                raise QueryError(f"The value '{value.text}' does not exist for the field 'project'.")

    def _texts(self, name: str, issue: Issue) -> set[str]:
        project = self.store.projects[issue.project]
        present = {"project": {issue.project, project["name"], str(project["id"])}, "status": {issue.status},
                   "issuetype": {issue.type}, "type": {issue.type}, "labels": set(issue.labels),
                   "parent": {issue.parent or ""}, "priority": {issue.priority}}
        if name not in present:
            raise QueryError(f"Field '{name}' does not exist or you do not have permission to view it.")
        return present[name]

    def _empty(self, name: str, issue: Issue) -> bool:
        if name in DATES or name in self.id_fields:
            return False
        if name in ("assignee", "description"):
            return getattr(issue, name) is None
        return not any(self._texts(name, issue))
