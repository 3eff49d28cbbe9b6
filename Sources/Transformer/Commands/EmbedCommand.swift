import ArgumentParser
import Embedding
import Shared

/// `transformer embed`: shows the vector of a text, or of many.
struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Show the vector of a text.",
        discussion: """
            EXAMPLES
              transformer embed "frozen goods"
              transformer embed --texts texts.json --json > vectors.json
            """)

    @Argument(help: "The text.")
    var text: String?

    @Option(help: "A file with a JSON array of texts instead; - for standard input.")
    var texts: String?

    @Flag(help: "Embed as a search does, not as a document.")
    var query = false

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (text == nil) != (texts == nil) else { throw ValidationError("give a text or --texts, one of the two") }
    }

    func run() async throws {
        try await Program.run("transformer", common) { settings in
            EmbeddingSettings(&settings)
        } work: { _, settings in
            let input = try text.map { [$0] } ?? Self.array(CommandInput.bytes(texts))
            let provider = try EmbeddingProviderFactory.make(settings, transport: CurlTransport())
            let descriptor = try await provider.prepare()
            let start = ContinuousClock.now
            let vectors = try await provider.embed(input, purpose: query ? .query : .document)
            let duration = ContinuousClock.now - start
            if json { printJSON(descriptor, vectors, duration) } else { printText(descriptor, vectors, duration) }
            return .done
        }
    }

    private static func array(_ bytes: [UInt8]) throws -> [String] {
        let array = (try? JSONElement(parsing: bytes))?.array.map(Array.init)
        guard let array, case let texts = array.compactMap(\.string), texts.count == array.count else {
            throw InputError("--texts takes a JSON array of texts")
        }
        return texts
    }

    private func printText(_ descriptor: EmbeddingDescriptor, _ vectors: EmbeddingMatrix, _ duration: Duration) {
        let milliseconds = duration.formattedMilliseconds
        for vector in vectors {
            let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let first = vector.prefix(4).map { String($0) }.joined(separator: ", ")
            StandardStreams.shared.print(
                "\(descriptor.model): \(descriptor.dimension) numbers of length \(norm.rounded(places: 6)): \(first), …"
            )
        }
        StandardStreams.shared.print("\(vectors.count) in \(milliseconds) ms")
    }

    private func printJSON(_ descriptor: EmbeddingDescriptor, _ vectors: EmbeddingMatrix, _ duration: Duration) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("model", descriptor.model)
            writer.member("dimension", descriptor.dimension)
            writer.key("seconds")
            writer.value(duration.inSeconds)
            if texts == nil, let vector = vectors.first {
                writer.key("vector")
                writer.value(vector)
            } else {
                writer.key("vectors")
                writer.array { writer in for vector in vectors { writer.value(vector) } }
            }
        }
        StandardStreams.shared.print(bytes: writer.bytes)
    }
}

extension Double {
    fileprivate func rounded(places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    fileprivate var formattedMilliseconds: Double { (inSeconds * 1000).rounded(places: 1) }
}
