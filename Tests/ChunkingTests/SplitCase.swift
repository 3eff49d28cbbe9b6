import Shared
import Testing

/// One text, its settings and, once known, the chunks LangChain makes of it.
struct SplitCase {
    var size: Int
    var overlap: Int
    var text: String
    var chunks: [String] = []

    init(size: Int, overlap: Int, text: String) {
        self.size = size
        self.overlap = overlap
        self.text = text
    }

    init?(_ element: JSONElement) {
        guard let size = element["size"]?.int, let overlap = element["overlap"]?.int,
            let text = element["text"]?.string, let chunks = element["chunks"]?.array
        else { return nil }
        self.init(size: size, overlap: overlap, text: text)
        self.chunks = chunks.compactMap(\.string)
    }

    static func reading(_ json: [UInt8]) throws -> [SplitCase] {
        let cases = try #require(try JSONElement(parsing: json).array)
        return try cases.map { try #require(SplitCase($0)) }
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("size", size)
            writer.member("overlap", overlap)
            writer.member("text", text)
        }
    }

    func settings() throws -> ChunkSettings { try ChunkSettings(sizeInScalars: size, overlapInScalars: overlap) }
}
