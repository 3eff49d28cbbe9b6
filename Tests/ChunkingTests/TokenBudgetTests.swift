import Embedding
import Shared
import TestSupport
import Testing

@testable import Chunking

/// Every word is a token, and a long word one for every three scalars: enough to be unlike the number of scalars.
private struct WordCounter: TokenCounter {
    let maximumTokens: Int

    func count(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return min(limit, words.reduce(0) { $0 + 1 + $1.unicodeScalars.count / 3 })
    }
}

@Suite struct TokenBudgetTests {
    private static let settings: [ChunkSettings] = [.recursive, .markdown].compactMap {
        try? ChunkSettings(strategy: $0, sizeInScalars: 400, overlapInScalars: 80)
    }

    @Test(arguments: settings) func everythingThatIsEmbeddedFits(settings: ChunkSettings) throws {
        let counter = WordCounter(maximumTokens: 60)
        var generator = SeededGenerator(state: 12)
        for round in 0..<200 {
            let text =
                "# Part \(round)\n\n" + RandomText.make(using: &generator) + "\n\n## Other\n\n"
                + RandomText.make(using: &generator)
            let title = String(repeating: "title ", count: round % 40)
            let chunks = makeChunker(settings).chunks(of: text, budget: TokenBudget(title: title, counter: counter))
            let embedded = EmbeddedText(title: title, counter: counter)
            for chunk in chunks {
                #expect(counter.count(embedded.text(of: chunk)) <= 60, "round \(round)")
            }
        }
    }

    @Test(arguments: settings) func chunksThatFitAreNotTouched(settings: ChunkSettings) throws {
        let counter = WordCounter(maximumTokens: 100_000)
        var generator = SeededGenerator(state: 13)
        for _ in 0..<50 {
            let text = RandomText.make(using: &generator)
            let chunker = makeChunker(settings)
            let with = chunker.chunks(of: text, budget: TokenBudget(title: "T", counter: counter))
            #expect(with.map(\.content).scalars == chunker.chunks(of: text).map(\.content).scalars)
        }
    }

    @Test func titleThatIsTooLongIsCutOffSoThatHalfIsLeft() {
        let counter = WordCounter(maximumTokens: 20)
        let embedded = EmbeddedText(title: String(repeating: "word ", count: 500), counter: counter)
        let text = embedded.text(of: Chunk(index: 0, content: "a b c", heading: ["Heading"]))
        #expect(text.hasSuffix("\n\na b c") && counter.count(text) <= 10 + 6)
    }

    @Test func titleAndHeadingsStandBeforeTheChunk() {
        let embedded = EmbeddedText(title: "Title", counter: nil)
        #expect(embedded.text(of: Chunk(index: 0, content: "text")) == "Title\n\ntext")
        #expect(
            embedded.text(of: Chunk(index: 0, content: "text", heading: ["A", "B"])) == "Title\nA > B\n\ntext")
    }

    @Test func koreanChunksFitTheRealModel() async throws {
        let provider = LocalProvider(LocalOptions(precision: .fp32, threads: 1))
        try await provider.prepare()
        let counter = try #require(provider.tokenCounter)
        #expect(counter.maximumTokens == 254)
        let text = String(repeating: "냉동 물류 센터의 온도 기록을 확인하고 이상이 있으면 알립니다. ", count: 80)
        for settings in Self.settings + [ChunkSettings()] {
            let budget = TokenBudget(title: "온도 경보", counter: counter)
            let chunks = makeChunker(settings).chunks(of: text, budget: budget)
            let embedded = EmbeddedText(title: "온도 경보", counter: counter)
            for chunk in chunks { #expect(counter.count(embedded.text(of: chunk)) <= 254) }
            // And they are not cut to shreds either.
            let tokens = chunks.dropLast().map { counter.count(embedded.text(of: $0)) }
            #expect(tokens.reduce(0, +) / max(1, tokens.count) > 127)
        }
    }
}
