import Shared

/// What is known of an issue beside its text: the document's metadata, and from it what `updated` may miss.
struct JiraMetadata {
    let key: String
    let project: String
    /// The issue's `fields`.
    let values: JSONElement
    let fields: JiraFields
    let comments: [DocumentComments.Comment]
    let access: JiraAccess

    /// Part of the version key: names that others change, comments of odd imports, a moved issue's key, configured fields.
    var digest: String {
        var version = VersionKey()
        version.add("key", key)
        for field in ["issuetype", "status", "priority", "resolution"] { version.add(field, name(field)) }
        version.add("assignee", JiraDocument.name(values["assignee"]))
        version.add("labels", labels)
        version.add("components", names("components"))
        version.add("fix_versions", names("fixVersions"))
        version.add("sprint", sprint)
        version.add("parent", parent)
        version.add("epic", epic)
        version.add("links", links)
        version.add("attachments", list("attachment") { $0["id"]?.string }.sorted())
        version.add("security", securityLevel)
        if let readers = access.project { version.add("project readers", readers.fingerprint) }
        if let readers = access.level { version.add("level readers", readers.fingerprint) }
        for field in custom { version.add("field \(field.name)", field.value.texts) }
        version.add("comments", DocumentComments.fingerprint(comments))
        return version.digest
    }

    var json: RawJSON {
        .object { writer in
            writer.member("key", key)
            writer.member("project_key", project)
            writer.optionalMember("project_name", name("project"))
            writer.optionalMember("issue_type", name("issuetype"))
            writer.optionalMember("status", name("status"))
            writer.optionalMember("status_category", values["status"]?["statusCategory"]?["key"]?.string)
            writer.optionalMember("priority", name("priority"))
            writer.optionalMember("resolution", name("resolution"))
            writer.optionalMember("assignee", JiraDocument.name(values["assignee"]))
            writer.optionalMember("reporter", JiraDocument.name(values["reporter"]))
            writer.optionalMember("labels", labels)
            writer.optionalMember("components", names("components"))
            writer.optionalMember("fix_versions", names("fixVersions"))
            writer.optionalMember("sprint", sprint)
            writer.optionalMember("parent", parent)
            writer.optionalMember("epic", epic)
            writer.optionalMember("links", links)
            writer.optionalMember("attachments", list("attachment") { $0["filename"]?.string }.sorted())
            writer.optionalMember("created_at", JiraDocument.moment(values["created"])?.rfc3339)
            writer.member("comment_count", comments.count)
            if !custom.isEmpty {
                writer.key("fields")
                writer.object { writer in
                    for field in custom {
                        writer.key(field.name)
                        field.value.write(to: &writer)
                    }
                }
            }
            writeAccess(&writer)
        }
    }

    /// Who may read the issue, as far as Jira tells; without the field it is unknown.
    private func writeAccess(_ writer: inout JSONWriter) {
        guard values["security"] != nil else { return }
        writer.key("acl")
        writer.object { writer in
            writer.member("project", project)
            writer.optionalMember("project_readers", access.project)
            writer.optionalMember("security_level", securityLevel)
            writer.optionalMember("security_level_readers", access.level)
        }
    }

    /// The issue-security level; its name, or its id where that is all there is.
    private var securityLevel: String? {
        let level = values["security"]
        return level?["name"]?.string ?? level?["id"]?.string ?? level?["id"]?.int.map(String.init)
    }

    private var parent: String? { values["parent"]?["key"]?.string }

    /// The epic above the issue: by Data Center's own field, or the parent where that is one.
    private var epic: String? {
        if let key = fields.epicLink.lazy.compactMap({ values[$0]?.string }).first { return key }
        let type = values["parent"]?["fields"]?["issuetype"]
        return type?["hierarchyLevel"]?.int == 1 || type?["name"]?.string == "Epic" ? parent : nil
    }

    private var sprint: [String] {
        fields.sprint.flatMap { id in values[id]?.array.map { $0.compactMap(JiraFieldValue.text) } ?? [] }
    }

    /// Configured fields that have a value.
    private var custom: [(name: String, value: JiraFieldValue)] {
        fields.custom.compactMap { field in
            field.ids.lazy.compactMap { JiraFieldValue(values[$0]) }.first.map { (field.name, $0) }
        }
    }

    private var labels: [String] { list("labels", \.string).sorted() }

    /// `blocks WMS-7`, `is caused by OPS-2`.
    private var links: [String] {
        list("issuelinks") { link in
            if let key = link["outwardIssue"]?["key"]?.string {
                return "\(link["type"]?["outward"]?.string ?? "") \(key)"
            }
            return link["inwardIssue"]?["key"]?.string.map { "\(link["type"]?["inward"]?.string ?? "") \($0)" }
        }.sorted()
    }

    private func name(_ field: String) -> String? { values[field]?["name"]?.string }

    private func names(_ field: String) -> [String] { list(field) { $0["name"]?.string ?? $0.string }.sorted() }

    private func list(_ field: String, _ text: (JSONElement) -> String?) -> [String] {
        values[field]?.array.map { $0.compactMap(text) } ?? []
    }
}
