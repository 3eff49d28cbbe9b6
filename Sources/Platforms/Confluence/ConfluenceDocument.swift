import Shared

/// Makes the standard document of a page or blog post.
struct ConfluenceDocument: Sendable {
    let instance: String
    /// Address for links where the answer names none.
    let site: String

    func document(
        _ page: JSONElement, _ children: ConfluenceChildren, readers: PageReaders?
    ) throws(SourceError) -> Document {
        let id = try ConfluenceSearch.numericID(page)
        let version = page["version"]
        let context = context(page, children.comments)
        let comments = children.comments.map { comment($0, context) }
        let attachments = children.attachments.map {
            "\($0["id"]?.string ?? ""):\(ConfluenceChildren.version(of: $0))"
        }
        let key = ConfluenceVersion.key(
            of: page, comments: DocumentComments.fingerprint(comments), attachments: attachments, readers: readers)
        guard let key, let revision = ConfluenceVersion.revision(of: page),
            let space = page["space"]?["key"]?.string, !space.isEmpty,
            let updated = (version?["when"]?.string ?? page["history"]?["lastUpdated"]?["when"]?.string).flatMap(
                Moment.init)
        else {
            throw SourceError(.unexpectedAnswer, "Confluence: page \(id) without version, date or space")
        }
        let text = Self.storage(page).map { markdown($0, context) } ?? ""
        var document = Document(
            id: "\(ConfluenceSource.name):\(instance):\(id)",
            title: TextCleaner.clean(page["title"]?.string ?? "").onOneLine,
            content: DocumentComments.append(comments, to: text),
            url: address(of: page, id), author: Self.name(version?["by"]) ?? "",
            updatedAt: updated.rfc3339, sourceType: ConfluenceSource.name, versionKey: key, revision: revision,
            scope: space,
            metadata: metadata(page, space, children, readers))
        document.bytesLeftOut = BodyLimits.bytesLeftOut(of: ([page] + children.comments).map(Self.body))
        return document
    }

    private func markdown(_ storage: String, _ context: StorageConverter.Context) -> String {
        StorageConverter.markdown(Array(storage.utf8), context: context)
    }

    private func comment(_ item: JSONElement, _ context: StorageConverter.Context) -> DocumentComments.Comment {
        let author = item["history"]?["createdBy"] ?? item["version"]?["by"]
        let created = item["history"]?["createdDate"]?.string ?? item["version"]?["when"]?.string
        var comment = DocumentComments.Comment(
            id: item["id"]?.string ?? "", author: Self.name(author) ?? "?", created: created.flatMap(Moment.init),
            quote: item["extensions"]?["inlineProperties"]?["originalSelection"]?.string ?? "",
            markdown: Self.storage(item).map { markdown($0, context) } ?? "",
            version: ConfluenceChildren.version(of: item))
        // The nearest ancestor comes last.
        comment.parent = item["ancestors"]?.array.flatMap { Array($0).last?["id"]?.string }
        if ConfluenceChildren.isResolved(item) { comment.note = "resolved" }
        return comment
    }

    /// Names of people that bodies mention by id only, as far as they appear on the page.
    private func context(_ page: JSONElement, _ comments: [JSONElement]) -> StorageConverter.Context {
        var context = StorageConverter.Context(site: site, spaceKey: page["space"]?["key"]?.string ?? "")
        let people =
            [page["version"]?["by"], page["history"]?["createdBy"]] + comments.map { $0["history"]?["createdBy"] }
        for case let person? in people {
            guard let name = Self.name(person) else { continue }
            for key in ["accountId", "userKey", "username"] {
                if let id = person[key]?.string { context.people[id] = name }
            }
        }
        return context
    }

    private static func body(_ content: JSONElement) -> JSONElement? { content["body"]?["storage"]?["value"] }

    private static func storage(_ content: JSONElement) -> String? { body(content)?.string }

    private static func name(_ person: JSONElement?) -> String? {
        (person?["displayName"]?.string).map { TextCleaner.clean($0).onOneLine }
    }

    private func metadata(
        _ page: JSONElement, _ space: String, _ children: ConfluenceChildren, _ readers: PageReaders?
    ) -> RawJSON {
        .object { writer in
            writer.member("space_key", space)
            writer.optionalMember("space_name", page["space"]?["name"]?.string)
            writer.optionalMember("type", page["type"]?.string)
            writer.optionalMember("labels", ConfluenceVersion.labels(of: page))
            let ancestors = page["ancestors"]?.array.map { $0.map { $0["title"]?.string ?? "" } } ?? []
            writer.optionalMember("ancestors", ancestors.filter { !$0.isEmpty })
            let created = page["history"]?["createdDate"]?.string.flatMap(Moment.init)
            writer.optionalMember("created_at", created?.rfc3339)
            writer.member("comment_count", children.comments.count)
            writer.member("version", ConfluenceVersion.revision(of: page) ?? 0)
            writer.optionalMember("attachments", children.attachments.map { $0["title"]?.string ?? "" }.sorted())
            guard let readers else { return }
            writer.key("acl")
            readers.write(to: &writer, space: space)
        }
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
