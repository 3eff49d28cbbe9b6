/// The comments of a document as the section at its end.
enum DocumentComments {
    struct Comment: Sendable {
        var id: String
        var author: String
        var created: Moment?
        /// The words of the page that the comment is about, empty for none.
        var quote = ""
        var markdown: String
        /// What tells two versions of the comment apart.
        var version: String
    }

    /// The document's text with its comments, the oldest first.
    static func append(_ comments: [Comment], to markdown: String) -> String {
        guard !comments.isEmpty else { return markdown }
        var parts = markdown.isEmpty ? [] : [markdown]
        parts.append("## Comments")
        let ordered = comments.sorted {
            ($0.created?.milliseconds ?? 0, $0.id.utf8.count, $0.id) < (
                $1.created?.milliseconds ?? 0, $1.id.utf8.count, $1.id
            )
        }
        for comment in ordered {
            let when = comment.created.map { " (\($0.minute))" } ?? ""
            parts.append("**\(MarkdownText.escapedLabel(comment.author))**\(when):")
            if !comment.quote.isEmpty {
                let quote = MarkdownBlock.quote([.paragraph([InlineRun.text(comment.quote)])])
                parts.append(MarkdownWriter.markdown([quote]))
            }
            if !comment.markdown.isEmpty { parts.append(comment.markdown) }
        }
        return parts.joined(separator: "\n\n")
    }

    /// Ids and versions of all comments, for a version key.
    static func fingerprint(_ comments: [Comment]) -> [String] { comments.map { "\($0.id):\($0.version)" }.sorted() }
}
