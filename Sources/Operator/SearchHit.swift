import Shared

/// One chunk that answers a search.
struct SearchHit {
    let documentID: String
    let title: String
    let url: String
    let source: String
    let score: Double
    let chunkIndex: Int
    let content: String

    init(_ point: ScoredPoint) {
        documentID = point.payload["document_id"]?.string ?? ""
        title = point.payload["title"]?.string ?? ""
        url = point.payload["url"]?.string ?? ""
        source = point.payload["source_type"]?.string ?? ""
        chunkIndex = point.payload["chunk_index"]?.int ?? 0
        content = point.payload["content"]?.string ?? ""
        score = point.score
    }

    static func json(_ words: String, _ hits: [SearchHit]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("query", words)
            writer.key("hits")
            writer.array { writer in
                for hit in hits {
                    writer.object { writer in
                        writer.member("document_id", hit.documentID)
                        writer.member("title", hit.title)
                        writer.member("url", hit.url)
                        writer.key("score")
                        writer.value(hit.score)
                        writer.member("chunk_index", hit.chunkIndex)
                        writer.member("content", hit.content)
                    }
                }
            }
        }
        return writer.bytes
    }

    static func text(_ words: String, _ hits: [SearchHit], for terminal: Terminal) -> String {
        guard !hits.isEmpty else { return "Nothing found for “\(words.terminalSafe)”." }
        var lines = [terminal.styled("“\(words.terminalSafe)”", .bold)]
        for (index, hit) in hits.enumerated() {
            let score = (hit.score * 1000).rounded() / 1000
            lines.append("\(index + 1). \(terminal.styled(hit.title.terminalSafe, .bold))  \(score)  \(hit.source)")
            lines.append("   \(terminal.styled(hit.url.terminalSafe, .faint))")
            lines.append("   \(hit.excerpt(width: max(40, terminal.columns - 3)))")
        }
        return lines.joined(separator: "\n")
    }

    /// The chunk's beginning on one line.
    func excerpt(width: Int) -> String {
        content.split(whereSeparator: \.isWhitespace).prefix(120).joined(separator: " ").terminalSafe
            .truncated(toWidth: width)
    }
}
