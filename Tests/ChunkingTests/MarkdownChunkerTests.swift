import Shared
import TestSupport
import Testing

@testable import Chunking

@Suite struct MarkdownChunkerTests {
    private func chunks(_ text: String, size: Int = 200, overlap: Int = 0) throws -> [Chunk] {
        let settings = try ChunkSettings(strategy: .markdown, sizeInScalars: size, overlapInScalars: overlap)
        return Array(MarkdownChunker(settings).chunks(of: text))
    }

    @Test func chunkEndsAtAHeadingAndKnowsThoseAboveIt() throws {
        let chunks = try chunks(
            """
            Before any heading.

            # Operations

            ## Rollback ##

            Press the button.

            ### Who

            The one on call.

            ## Restore
            Fetch the backup.
            """)
        #expect(
            chunks.map(\.heading) == [
                [], ["Operations", "Rollback"], ["Operations", "Rollback", "Who"], ["Operations", "Restore"],
            ])
        #expect(chunks[0].content == "Before any heading.")
        // A heading without text of its own stays with the next one.
        #expect(chunks[1].content == "# Operations\n\n## Rollback ##\n\nPress the button.")
        #expect(chunks[3].content == "## Restore\nFetch the backup.")
    }

    @Test func underlinedHeadingsCount() throws {
        let chunks = try chunks("Title\n=====\nText.\n\nPart\n----\nMore.\n\n---\n\nRule above.")
        #expect(chunks.map(\.heading) == [["Title"], ["Title", "Part"]])
    }

    @Test func headingsInsideCodeAreNone() throws {
        let chunks = try chunks("# A\n\n```sh\n# not a heading\nls\n```\n\n~~~\n# nor this\n```\n~~~\n")
        #expect(chunks.map(\.heading) == [["A"]])
    }

    @Test func codeWithinALineOpensNoFence() throws {
        #expect(try chunks("```x``` is code.\n\n# A\n\ntext").map(\.heading) == [[], ["A"]])
    }

    @Test(arguments: ["- item", "1. item", "> quote", "| row |"])
    func ruleBelowAnythingButTextIsNoHeading(line: String) throws {
        #expect(try chunks("\(line)\n---\n\ntext").map(\.heading) == [[]])
    }

    @Test func codeThatFitsIsNeverCut() throws {
        let code = "```swift\n" + (0..<12).map { "let a\($0) = \($0)\n\n" }.joined() + "```"
        let filler = String(repeating: "Some words of text. ", count: 6)
        for text in ["\(filler)\n\n\(code)\n\n\(filler)", "# Heading\n\n\(code)\n", "\(code)\n\(code)"] {
            let chunks = try chunks(text, size: code.unicodeScalars.count + 5)
            #expect(chunks.filter { $0.content.contains(code) }.count >= 1)
            for chunk in chunks { #expect(chunk.content.components(of: "```") % 2 == 0, "\(chunk.content)") }
        }
    }

    @Test func tableRepeatsItsHeaderAndKeepsItsRows() throws {
        let rows = (0..<30).map { "| step \($0) | somebody number \($0) |" }
        let chunks = try chunks("# T\n\n| Step | Who |\n| --- | --- |\n" + rows.joined(separator: "\n"), size: 150)
        #expect(chunks.count > 5)
        for chunk in chunks {
            #expect(chunk.content.contains("| Step | Who |\n| --- | --- |\n"))
            #expect(chunk.content.unicodeScalars.count <= 151)
        }
        let found = chunks.flatMap { $0.content.split(separator: "\n") }.filter { $0.hasPrefix("| step") }
        #expect(found.map(String.init) == rows)
    }

    @Test func headerThatLeavesNoRoomIsNotRepeated() throws {
        let header = "| " + String(repeating: "wide ", count: 25) + "|\n| --- |\n"
        let chunks = try chunks(header + (0..<20).map { "| row \($0) |" }.joined(separator: "\n"), size: 160)
        #expect(chunks.filter { $0.content.contains("wide") }.count == 1)
    }

    @Test func longParagraphIsCutBetweenSentencesWhichAreRepeated() throws {
        let sentences = (0..<20).map { "Sentence number \($0) is here." }
        let chunks = try chunks(sentences.joined(separator: " "), size: 120, overlap: 60)
        #expect(chunks.count > 4)
        for chunk in chunks { #expect(chunk.content.hasPrefix("Sentence") && chunk.content.hasSuffix("here.")) }
        for (left, right) in zip(chunks, chunks.dropFirst()) {
            let shared = right.content.prefix(28).prefix(while: { $0 != "." })
            #expect(left.content.contains(shared))
        }
        for sentence in sentences { #expect(chunks.contains { $0.content.contains(sentence) }) }
    }

    @Test func koreanAndChineseSentencesAreFound() throws {
        let korean = try chunks(String(repeating: "경보를 확인합니다. ", count: 20), size: 50)
        #expect(korean.allSatisfy { $0.content.hasSuffix("다.") })
        let chinese = try chunks(String(repeating: "检查警报。", count: 30), size: 32)
        #expect(chinese.allSatisfy { $0.content.hasSuffix("。") })
    }

    @Test(arguments: ["", " \n\t\n", "\n\n\n"]) func textOfBlanksHasNoChunks(text: String) throws {
        #expect(try chunks(text).isEmpty)
    }

    @Test func nothingIsLostAndNothingIsTooLong() throws {
        var generator = SeededGenerator(state: 99)
        let marks = [
            "# ", "\n## ", "\n```\n", "\n| a | b |\n| - | - |\n| ", "\n- ", ". ", "\n\n", "。", "\n=====\n", "| ",
        ]
        for round in 0..<300 {
            var text = ""
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                text += marks.randomElement(using: &generator)!
                text += RandomText.make(using: &generator).prefix(200)
            }
            let chunks = try chunks(text, size: 90, overlap: round % 2 == 0 ? 0 : 30)
            for chunk in chunks {
                #expect(chunk.content.unicodeScalars.count <= 90 + 1, "round \(round)")
            }
            // Every letter of the text is in some chunk, in order.
            var rest = text.unicodeScalars.filter { !$0.properties.isWhitespace && $0.value > 0x20 }[...]
            for chunk in chunks {
                let letters = chunk.content.unicodeScalars.filter { !$0.properties.isWhitespace && $0.value > 0x20 }
                // What is repeated from before is passed over.
                for start in letters.indices where rest.starts(with: letters[start...]) {
                    rest = rest.dropFirst(letters.distance(from: start, to: letters.endIndex))
                    break
                }
            }
            #expect(rest.isEmpty, "round \(round): \(String(String.UnicodeScalarView(rest)))")
        }
    }

    /// A quadratic way needs hours for these; the limit only tells the two apart.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["x", "가. ", "# a\n", "| a |\n", "```\n", "- b\n", "-", "\n\n", "word ", "a.\n"])
    func millionsOfScalarsTakeLinearTime(unit: String) throws {
        let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
        let chunks = MarkdownChunker(ChunkSettings()).chunks(of: text)
        #expect(chunks.isEmpty == unit.allSatisfy(\.isWhitespace))
    }
}

extension String {
    fileprivate func components(of mark: String) -> Int { ranges(of: mark).count }
}
