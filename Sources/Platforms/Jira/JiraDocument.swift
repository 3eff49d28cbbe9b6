import Shared

/// Makes the standard document of an issue.
struct JiraDocument: Sendable {
    let instance: String
    /// Where people open issues.
    let site: String
    let fields: JiraFields

    func document(
        _ issue: JSONElement, comments: [JiraComments.Comment], access: JiraAccess
    ) throws(SourceError) -> Document {
        let id = try Self.numericID(issue)
        guard let values = issue["fields"], let key = issue["key"]?.string,
            let project = Self.project(values, key),
            // `updated` can be missing on issues that were imported.
            let updated = Self.moment(values["updated"]) ?? Self.moment(values["created"])
        else {
            throw SourceError(.unexpectedAnswer, "Jira: issue \(id) without key, project or date")
        }
        let people = Self.people(values, comments)
        let remarks = comments.map { Self.comment($0, people) }
        let summary = TextCleaner.clean(values["summary"]?.string ?? "").onOneLine
        let metadata = JiraMetadata(
            key: key, project: project, values: values, fields: fields, comments: remarks, access: access)
        var document = Document(
            id: "\(JiraSource.name):\(instance):\(id)", title: summary.isEmpty ? key : "\(key): \(summary)",
            content: DocumentComments.append(remarks, to: Self.markdown(values["description"], people)),
            url: "\(site)/browse/\(key.percentEncoded)",
            author: Self.name(values["reporter"]) ?? Self.name(values["creator"]) ?? "", updatedAt: updated.rfc3339,
            sourceType: JiraSource.name, versionKey: "u\(updated.milliseconds)-\(metadata.digest)",
            revision: max(0, updated.milliseconds), scope: project, metadata: metadata.json)
        document.bytesLeftOut = BodyLimits.bytesLeftOut(
            of: [values["description"]] + comments.map { $0.item["body"] })
        return document
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

    static func moment(_ field: JSONElement?) -> Moment? { field?.string.flatMap(Moment.init) }

    static func name(_ person: JSONElement?) -> String? {
        (person?["displayName"]?.string).map { TextCleaner.clean($0).onOneLine }
    }

    /// A body in the form that the edition keeps it in: ADF on Cloud, wiki markup on Data Center.
    private static func markdown(_ body: JSONElement?, _ people: [String: String]) -> String {
        guard let body, !body.isNull else { return "" }
        guard let markup = body.string else { return ADFConverter.markdown(body) }
        return WikiConverter.markdown(Array(markup.utf8), context: BodyContext(people: people))
    }

    /// Names of those that the texts may mention by user name or key.
    private static func people(_ values: JSONElement, _ comments: [JiraComments.Comment]) -> [String: String] {
        var people: [String: String] = [:]
        let persons =
            ["reporter", "creator", "assignee"].map { values[$0] }
            + comments.flatMap { [$0.item["author"], $0.item["updateAuthor"]] }
        for person in persons {
            guard let name = name(person) else { continue }
            for id in ["accountId", "key", "name"].compactMap({ person?[$0]?.string }) { people[id] = name }
        }
        return people
    }

    private static func comment(
        _ comment: JiraComments.Comment, _ people: [String: String]
    ) -> DocumentComments.Comment {
        let item = comment.item
        let author = name(item["author"]) ?? "?"
        return DocumentComments.Comment(
            id: item["id"]?.string ?? "", author: comment.restriction.map { "\(author), \($0)" } ?? author,
            created: moment(item["created"]), markdown: markdown(item["body"], people),
            version: "\(item["updated"]?.string ?? item["created"]?.string ?? "")\(comment.restriction ?? "")")
    }
}
