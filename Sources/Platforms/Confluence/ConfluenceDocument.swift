import Shared

/// Makes the standard document of a page or blog post.
struct ConfluenceDocument: Sendable {
    let instance: String
    /// Address for links where the answer names none.
    let site: String

    func document(_ page: JSONElement, comments items: [JSONElement]) throws(SourceError) -> Document {
        let id = try ConfluenceSearch.numericID(page)
        let version = page["version"]
        guard let revision = version?["number"]?.int, revision > 0,
            let space = page["space"]?["key"]?.string, !space.isEmpty,
            let updated = (version?["when"]?.string ?? page["history"]?["lastUpdated"]?["when"]?.string).flatMap(
                Moment.init)
        else {
            throw SourceError(.unexpectedAnswer, "Confluence: page \(id) without version, date or space")
        }
        var context = StorageConverter.Context(site: site, spaceKey: space)
        for person in [version?["by"], page["history"]?["createdBy"]] + items.map({ $0["history"]?["createdBy"] }) {
            Self.note(person, in: &context.people)
        }
        let comments = items.map { Self.comment($0, context) }
        let text = Self.storage(page).map { StorageConverter.markdown(Array($0.utf8), context: context) } ?? ""
        return Document(
            id: "\(ConfluenceSource.name):\(instance):\(id)",
            title: TextCleaner.clean(page["title"]?.string ?? "").onOneLine,
            content: DocumentComments.append(comments, to: text),
            url: address(of: page, id),
            author: TextCleaner.clean(version?["by"]?["displayName"]?.string ?? "").onOneLine,
            updatedAt: updated.rfc3339, sourceType: ConfluenceSource.name,
            versionKey: "v\(revision)-\(digest(page, space, comments))", revision: revision, scope: space,
            metadata: metadata(page, space, comments.count))
    }

    private static func storage(_ content: JSONElement) -> String? { content["body"]?["storage"]?["value"]?.string }

    private static func note(_ person: JSONElement?, in people: inout [String: String]) {
        guard let person, let name = person["displayName"]?.string else { return }
        for key in ["accountId", "userKey", "username"] {
            if let id = person[key]?.string { people[id] = TextCleaner.clean(name).onOneLine }
        }
    }

    private static func comment(_ item: JSONElement, _ context: StorageConverter.Context) -> DocumentComments.Comment {
        let author = item["history"]?["createdBy"] ?? item["version"]?["by"]
        let created = item["history"]?["createdDate"]?.string ?? item["version"]?["when"]?.string
        return DocumentComments.Comment(
            id: item["id"]?.string ?? "", author: TextCleaner.clean(author?["displayName"]?.string ?? "?").onOneLine,
            created: created.flatMap(Moment.init),
            quote: item["extensions"]?["inlineProperties"]?["originalSelection"]?.string ?? "",
            markdown: storage(item).map { StorageConverter.markdown(Array($0.utf8), context: context) } ?? "",
            version: "\(item["version"]?["number"]?.int ?? 0)")
    }

    /// What `version.number` misses.
    private func digest(_ page: JSONElement, _ space: String, _ comments: [DocumentComments.Comment]) -> String {
        var key = VersionKey()
        key.add("space", space)
        key.add("title", page["title"]?.string)
        key.add("ancestors", list(page["ancestors"]) { "\($0["id"]?.string ?? "") \($0["title"]?.string ?? "")" })
        key.add("labels", labels(page))
        key.add("comments", DocumentComments.fingerprint(comments))
        key.add(
            "attachments",
            list(page["children"]?["attachment"]?["results"]) {
                "\($0["id"]?.string ?? ""):\($0["version"]?["number"]?.int ?? 0)"
            }.sorted())
        key.add("attachment_count", page["children"]?["attachment"]?["size"]?.int.map(String.init))
        return key.digest
    }

    private func metadata(_ page: JSONElement, _ space: String, _ commentCount: Int) -> RawJSON {
        .object { writer in
            writer.member("space_key", space)
            writer.optionalMember("space_name", page["space"]?["name"]?.string)
            writer.optionalMember("type", page["type"]?.string)
            writer.optionalMember("labels", labels(page))
            writer.optionalMember(
                "ancestors", list(page["ancestors"]) { $0["title"]?.string ?? "" }.filter { !$0.isEmpty })
            let created = page["history"]?["createdDate"]?.string.flatMap(Moment.init)
            writer.optionalMember("created_at", created?.rfc3339)
            writer.member("comment_count", commentCount)
            writer.member("version", page["version"]?["number"]?.int ?? 0)
            writer.optionalMember(
                "attachments", list(page["children"]?["attachment"]?["results"]) { $0["title"]?.string ?? "" }.sorted())
        }
    }

    private func labels(_ page: JSONElement) -> [String] {
        list(page["metadata"]?["labels"]?["results"]) { $0["name"]?.string ?? "" }.filter { !$0.isEmpty }.sorted()
    }

    private func list(_ array: JSONElement?, _ text: (JSONElement) -> String) -> [String] {
        array?.array.map { $0.map(text) } ?? []
    }

    /// The page's address: `_links.base` of the search stands at its head and not with the page, so the site's own is taken.
    private func address(of page: JSONElement, _ id: String) -> String {
        let links = page["_links"]
        guard let path = links?["webui"]?.string, path.hasPrefix("/") else {
            return "\(site)/pages/viewpage.action?pageId=\(id)"
        }
        guard let base = links?["base"]?.string, base.hasPrefix("https://") || base.hasPrefix("http://") else {
            return site + path
        }
        return base + path
    }
}
