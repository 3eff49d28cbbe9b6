import Shared

/// Makes the standard document of an issue.
struct JiraDocument: Sendable {
    static let fields = [
        "summary", "description", "issuetype", "status", "priority", "project", "reporter", "creator", "assignee",
        "labels",
        "components", "fixVersions", "created", "updated", "issuelinks", "comment", "parent", "resolution",
        "attachment",
    ]

    let instance: String
    /// Where people open issues.
    let site: String

    func document(_ issue: JSONElement, comments items: [JSONElement]) throws(SourceError) -> Document {
        let id = try Self.numericID(issue)
        guard let fields = issue["fields"], let key = issue["key"]?.string, let project = Self.project(fields, key),
            // `updated` can be missing on issues that were imported.
            let updated = Self.moment(fields["updated"]) ?? Self.moment(fields["created"])
        else {
            throw SourceError(.unexpectedAnswer, "Jira: issue \(id) without key, project or date")
        }
        let comments = items.map(Self.comment)
        let text = fields["description"].map { $0.isNull ? "" : ADFConverter.markdown($0) } ?? ""
        let summary = TextCleaner.clean(fields["summary"]?.string ?? "").onOneLine
        let author = Self.name(fields["reporter"]) ?? Self.name(fields["creator"]) ?? ""
        return Document(
            id: "\(JiraSource.name):\(instance):\(id)", title: summary.isEmpty ? key : "\(key): \(summary)",
            content: DocumentComments.append(comments, to: text),
            url: "\(site)/browse/\(AtlassianClient.encoded(key))", author: author, updatedAt: updated.rfc3339,
            sourceType: JiraSource.name,
            versionKey: "u\(updated.milliseconds)-\(digest(key, fields, comments))",
            revision: max(0, updated.milliseconds), scope: project,
            metadata: metadata(key, project, fields, comments.count))
    }

    /// Digits only; it never changes, unlike the key.
    static func numericID(_ issue: JSONElement) throws(SourceError) -> String {
        let id = issue["id"]?.string ?? issue["id"]?.int.map(String.init) ?? ""
        guard !id.isEmpty, id.utf8.count <= 20, id.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else {
            throw SourceError(.unexpectedAnswer, "Jira: an issue without a numeric id")
        }
        return id
    }

    private static func project(_ fields: JSONElement, _ key: String) -> String? {
        if let project = fields["project"]?["key"]?.string, !project.isEmpty { return project }
        return key.lastIndex(of: "-").map { String(key[..<$0]) }
    }

    private static func moment(_ field: JSONElement?) -> Moment? { field?.string.flatMap(Moment.init) }

    private static func name(_ person: JSONElement?) -> String? {
        (person?["displayName"]?.string).map { TextCleaner.clean($0).onOneLine }
    }

    private static func comment(_ item: JSONElement) -> DocumentComments.Comment {
        DocumentComments.Comment(
            id: item["id"]?.string ?? "", author: name(item["author"]) ?? "?", created: moment(item["created"]),
            markdown: item["body"].map { $0.isNull ? "" : ADFConverter.markdown($0) } ?? "",
            version: item["updated"]?.string ?? item["created"]?.string ?? "")
    }

    /// What `updated` may miss: names that others change, comments of odd imports, a moved issue's key.
    private func digest(_ key: String, _ fields: JSONElement, _ comments: [DocumentComments.Comment]) -> String {
        var version = VersionKey()
        version.add("key", key)
        for field in ["issuetype", "status", "priority", "resolution"] {
            version.add(field, fields[field]?["name"]?.string)
        }
        version.add("labels", labels(fields))
        version.add("components", names(fields["components"]))
        version.add("fix_versions", names(fields["fixVersions"]))
        version.add("parent", fields["parent"]?["key"]?.string)
        version.add("links", links(fields))
        version.add("attachments", list(fields["attachment"]) { $0["id"]?.string }.sorted())
        version.add("comments", DocumentComments.fingerprint(comments))
        return version.digest
    }

    private func metadata(_ key: String, _ project: String, _ fields: JSONElement, _ commentCount: Int) -> RawJSON {
        .object { writer in
            writer.member("key", key)
            writer.member("project_key", project)
            writer.optionalMember("project_name", fields["project"]?["name"]?.string)
            writer.optionalMember("issue_type", fields["issuetype"]?["name"]?.string)
            writer.optionalMember("status", fields["status"]?["name"]?.string)
            writer.optionalMember("priority", fields["priority"]?["name"]?.string)
            writer.optionalMember("assignee", Self.name(fields["assignee"]))
            writer.optionalMember("reporter", Self.name(fields["reporter"]))
            writer.optionalMember("labels", labels(fields))
            writer.optionalMember("components", names(fields["components"]))
            writer.optionalMember("fix_versions", names(fields["fixVersions"]))
            writer.optionalMember("parent", fields["parent"]?["key"]?.string)
            writer.optionalMember("created_at", Self.moment(fields["created"])?.rfc3339)
            writer.optionalMember("resolution", fields["resolution"]?["name"]?.string)
            writer.optionalMember("links", links(fields))
            writer.optionalMember("attachments", list(fields["attachment"]) { $0["filename"]?.string }.sorted())
            writer.member("comment_count", commentCount)
        }
    }

    private func labels(_ fields: JSONElement) -> [String] { list(fields["labels"], \.string).sorted() }

    private func names(_ array: JSONElement?) -> [String] { list(array) { $0["name"]?.string }.sorted() }

    /// `blocks WMS-7`, `is caused by OPS-2`.
    private func links(_ fields: JSONElement) -> [String] {
        list(fields["issuelinks"]) { link in
            if let key = link["outwardIssue"]?["key"]?.string {
                return "\(link["type"]?["outward"]?.string ?? "") \(key)"
            }
            return link["inwardIssue"]?["key"]?.string.map { "\(link["type"]?["inward"]?.string ?? "") \($0)" }
        }.sorted()
    }

    private func list(_ array: JSONElement?, _ text: (JSONElement) -> String?) -> [String] {
        array?.array.map { $0.compactMap(text) } ?? []
    }
}
