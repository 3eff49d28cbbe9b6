import Shared
import TestSupport
import Testing

@testable import Platforms

/// Real bodies of other people's sites. dev/markdown/judge.py looks at all of them, with a CommonMark parser.
struct FixtureConversionTests {
    private static let pages = "confluence/querypie-ko"

    @Test func storageAndADFOfOnePageSayTheSame() throws {
        guard let fixtures = SharedFixtures() else { return }
        for page in try fixtures.names(in: Self.pages) {
            let storage = try BodyConverter.convert(
                try #require(fixtures.bytes("\(Self.pages)/\(page)/storage.xhtml")), from: .storage)
            #expect(!storage.isEmpty && !storage.contains("\n\n\n"))
            #expect(!storage.unicodeScalars.contains { "\u{200B}\u{A0}\u{FEFF}\u{202E}".unicodeScalars.contains($0) })
            guard let document = fixtures.bytes("\(Self.pages)/\(page)/document.adf.json") else { continue }
            let adf = try BodyConverter.convert(document, from: .adf)
            let fidelity = TextFidelity(source: Self.withoutNames(storage), markdown: Self.withoutNames(adf))
            // Cards show an address here and a title there; dev/markdown/judge.py lists the pages that differ.
            #expect(fidelity.share >= 0.9, "\(page): \(fidelity)")
        }
    }

    /// ADF has other addresses than storage format, and often no names of images.
    private static func withoutNames(_ markdown: String) -> String {
        TextFidelity.visible(markdown.replacing(#/!\[[^\]]*\]\([^)]*\)/#, with: " ")).replacing(
            #/<https?:[^>]*>/#, with: " ")
    }

    @Test func everyDocumentOfTheReferenceIsTaken() throws {
        guard let fixtures = SharedFixtures() else { return }
        for file in ["valid", "invalid"] {
            let bytes = try #require(fixtures.bytes("adf/atlassian-v1-reference/\(file).json"))
            var count = 0
            for (_, document) in try #require(try JSONElement(parsing: bytes).object) {
                _ = ADFConverter.markdown(document)
                count += 1
            }
            #expect(count > 70)
        }
    }

    @Test func everyBodyOfWikiMarkupIsTaken() throws {
        guard let fixtures = SharedFixtures() else { return }
        for file in ["jira2markdown.cases", "atlassian-jira-render-cases", "atlassian-parser-snapshots"] {
            let cases = try JSONElement(parsing: try #require(fixtures.bytes("wiki-markup/\(file).json")))
            for item in try #require(cases.array) {
                let wiki = Array((item["wiki"]?.string ?? "").utf8)
                #expect(WikiConverter.markdown(wiki) == WikiConverter.markdown(wiki))
            }
        }
    }
}
