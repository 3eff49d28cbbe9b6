public import Embedding

/// What is embedded for the chunks of one document: its title and the chunk's headings stand in front of the chunk, so that
/// a piece from the middle of a page has its subject.
public struct EmbeddedText: Sendable {
    private let title: String
    private let counter: (any TokenCounter)?

    /// - Parameter counter: of the model; nil when its limit is not known.
    public init(title: String, counter: (any TokenCounter)?) {
        self.title = title
        self.counter = counter
    }

    /// The text that is embedded for a chunk.
    public func text(of chunk: Chunk) -> String { "\(front(chunk.heading))\n\n\(chunk.content)" }

    /// Title and headings, cut off where they would take more than half of what the model takes.
    func front(_ heading: [String]) -> String {
        let front = heading.isEmpty ? title : "\(title)\n\(heading.joined(separator: " > "))"
        guard let counter else { return front }
        let most = counter.maximumTokens / 2
        guard counter.count(front, limit: most + 1) > most else { return front }
        // The longest beginning that fits: counts only grow with the text, so halving finds it.
        let scalars = Array(front.unicodeScalars)
        var (fits, tooMany) = (0, scalars.count)
        while fits + 1 < tooMany {
            let middle = (fits + tooMany) / 2
            if counter.count(String(scalars[..<middle]), limit: most + 1) > most {
                tooMany = middle
            } else {
                fits = middle
            }
        }
        return String(scalars[..<fits])
    }
}

extension String {
    fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
        var view = UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
