import Foundation
import Shared
import TestSupport
import Testing

@testable import Chunking

@Suite struct RecursiveChunkerTests {
    @Test func goldenFileOfLangChainIsMatchedExactly() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "golden.json")
        let cases = try SplitCase.reading([UInt8](Data(contentsOf: file)))
        #expect(cases.count > 80)
        for (number, item) in cases.enumerated() {
            let chunks = RecursiveChunker(try item.settings()).chunks(of: item.text)
            #expect(
                chunks.map(\.content).scalars == item.chunks.scalars, "case \(number), \(item.size)/\(item.overlap)")
            #expect(chunks.map(\.index) == Array(0..<item.chunks.count))
        }
    }

    @Test(arguments: ["", " ", "\n\n\n", "\u{1C}\u{85}\u{A0}\u{1680}\u{2028}\u{202F}\u{205F}\u{3000}"])
    func textOfBlanksOnlyHasNoChunks(text: String) {
        #expect(RecursiveChunker(ChunkSettings()).chunks(of: text).isEmpty)
    }

    @Test func zeroWidthSpaceIsKept() {
        #expect(RecursiveChunker(ChunkSettings()).chunks(of: " \u{200B} ").map(\.content) == ["\u{200B}"])
    }

    @Test func countIsKnownWithoutReadingContents() throws {
        let chunks = RecursiveChunker(try ChunkSettings(sizeInScalars: 10, overlapInScalars: 0))
            .chunks(of: String(repeating: "가나다라마", count: 20))
        #expect(chunks.count == 10)
        #expect(chunks.last == Chunk(index: 9, content: "가나다라마가나다라마"))
    }

    @Test func chunkIsNeverLongerThanItsSize() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<200 {
            let text = RandomText.make(using: &generator)
            for chunk in RecursiveChunker(try ChunkSettings(sizeInScalars: 37, overlapInScalars: 9)).chunks(of: text) {
                #expect(chunk.content.unicodeScalars.count <= 37)
            }
        }
    }

    /// A quadratic way needs hours for these; the limit only tells the two apart.
    @Test(.timeLimit(.minutes(1)), arguments: ["x", "가", "\n", " ", "a ", "\n\nb", "\u{3000}"])
    func millionsOfScalarsTakeLinearTime(unit: String) throws {
        let text = String(repeating: unit, count: 3_000_000 / unit.utf8.count)
        let chunks = RecursiveChunker(ChunkSettings()).chunks(of: text)
        #expect(chunks.isEmpty == unit.allSatisfy(\.isWhitespace))
    }

    @Test(.timeLimit(.minutes(1))) func wideOverlapOverBlanksTakesLinearTime() throws {
        let text = "a" + String(repeating: "\u{2003}", count: 400_000) + "b"
        let settings = try ChunkSettings(sizeInScalars: 100_000, overlapInScalars: 99_999)
        #expect(RecursiveChunker(settings).chunks(of: text).first?.content == "a")
    }
}

extension [String] {
    /// Scalars, because Swift's `==` takes canonically equal texts for equal and LangChain's do not have to be.
    var scalars: [[UInt32]] { map { $0.unicodeScalars.map(\.value) } }
}
