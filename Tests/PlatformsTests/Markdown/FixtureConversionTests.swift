import FoundationEssentials
import Shared
import Testing

@testable import Platforms

/// Real bodies of other people's sites; kept outside the checkout, so the tests say when they are not there.
struct FixtureConversionTests {
    private static let folder = "/work/shared/fixtures"

    private func isMissing() -> Bool {
        if FileManager.default.fileExists(atPath: Self.folder) { return false }
        print("SKIPPED: no \(Self.folder); the converters were not tried on real bodies")
        return true
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try #require(FileManager.default.contents(atPath: "\(Self.folder)/\(path)"), "\(path)"))
    }

    @Test func storageAndADFOfOnePageSayTheSame() throws {
        if isMissing() { return }
        let root = "confluence/querypie-ko"
        for page in try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(root)").sorted() {
            let storage = try BodyConverter.convert(try bytes("\(root)/\(page)/storage.xhtml"), from: .storage)
            #expect(
                !storage.isEmpty && !storage.contains("\u{200B}") && !storage.contains("\u{A0}")
                    && !storage.contains("\n\n\n"))
            guard
                let document = FileManager.default.contents(atPath: "\(Self.folder)/\(root)/\(page)/document.adf.json"),
                !document.isEmpty
            else { continue }
            let adf = try BodyConverter.convert([UInt8](document), from: .adf)
            // ADF has other addresses, and often no names of images.
            let missing = Set(words(adf)).subtracting(words(storage))
            #expect(missing.count * 50 <= words(storage).count, "\(page): \(missing.prefix(8))")
        }
    }

    /// The words people read: addresses and images left out.
    private func words(_ markdown: String) -> [Substring] {
        let whole = markdown.split(whereSeparator: \.isWhitespace).filter { !$0.contains("://") && !$0.contains("](") }
        return whole.flatMap { $0.split { !$0.isLetter && !$0.isNumber } }
    }

    @Test func everyDocumentOfTheReferenceIsTaken() throws {
        if isMissing() { return }
        for file in ["valid", "invalid"] {
            let samples = try JSONElement(parsing: try bytes("adf/atlassian-v1-reference/\(file).json"))
            var count = 0
            for (_, document) in try #require(samples.object) {
                _ = ADFConverter.markdown(document)
                count += 1
            }
            #expect(count > 70)
        }
    }

    @Test func oneConstructEach() throws {
        if isMissing() { return }
        let cases = try JSONElement(parsing: try bytes("confluence/storage-to-markdown/obsidian.cases.json"))
        for item in try #require(cases.array) {
            let storage = item["storage"]?.string ?? ""
            let first = StorageConverter.markdown(Array(storage.utf8))
            #expect(first == StorageConverter.markdown(Array(storage.utf8)))
        }
    }
}
