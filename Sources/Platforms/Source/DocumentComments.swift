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
        /// The comment that this one answers.
        var parent: String?
        /// What sets it apart, such as `resolved`.
        var note = ""
    }

    /// The document's text with its comments, the oldest first and answers below what they answer.
    static func append(_ comments: [Comment], to markdown: String) -> String {
        guard !comments.isEmpty else { return markdown }
        var parts = markdown.isEmpty ? [] : [markdown]
        parts.append("## Comments")
        let byID = Dictionary(comments.map { ($0.id, $0) }) { first, _ in first }
        for comment in inThreads(comments, byID) {
            var remarks = comment.created.map { [$0.minute] } ?? []
            if let answered = comment.parent.flatMap({ byID[$0] }) {
                remarks.append("to \(MarkdownText.escapedLabel(answered.author))")
            }
            if !comment.note.isEmpty { remarks.append(comment.note) }
            let remark = remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"
            parts.append("**\(MarkdownText.escapedLabel(comment.author))**\(remark):")
            if !comment.quote.isEmpty {
                let quote = MarkdownBlock.quote([.paragraph([InlineRun.text(comment.quote)])])
                parts.append(MarkdownWriter.markdown([quote]))
            }
            if !comment.markdown.isEmpty { parts.append(comment.markdown) }
        }
        return parts.joined(separator: "\n\n")
    }

    private static func inThreads(_ comments: [Comment], _ byID: [String: Comment]) -> [Comment] {
        func head(of comment: Comment) -> Comment {
            var head = comment
            // A chain of answers that goes round in a circle ends, too.
            for _ in comments {
                guard let parent = head.parent.flatMap({ byID[$0] }) else { break }
                head = parent
            }
            return head
        }
        let threads = Dictionary(grouping: comments) { head(of: $0).id }
        let heads = threads.keys.compactMap { byID[$0] }.sorted(by: isOlder)
        return heads.flatMap { threads[$0.id, default: []].sorted(by: isOlder) }
    }

    private static func isOlder(_ left: Comment, _ right: Comment) -> Bool {
        let times = (left.created?.milliseconds ?? 0, right.created?.milliseconds ?? 0)
        if times.0 != times.1 { return times.0 < times.1 }
        // Ids are numbers: the shorter is the smaller.
        let lengths = (left.id.utf8.count, right.id.utf8.count)
        return lengths.0 != lengths.1 ? lengths.0 < lengths.1 : left.id < right.id
    }

    /// Ids and versions of all comments, for a version key.
    static func fingerprint(_ comments: [Comment]) -> [String] { comments.map { "\($0.id):\($0.version)" }.sorted() }
}
