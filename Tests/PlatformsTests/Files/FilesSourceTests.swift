import FoundationEssentials
import Shared
import Testing

@testable import Platforms

struct FilesSourceTests {
    private func withFolder(_ body: (FilesSource, String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.path + "/ohra-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/guide/deep", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(FilesSource(root: root, instance: "here"), root)
    }

    private func write(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    @Test func theTreeIsOneScopeAndHiddenOrLinkedFilesAreNotRead() async throws {
        try await withFolder { source, root in
            try write("# 제목\n\ntext", root + "/a.md")
            try write("<h1>Page</h1><p>b", root + "/guide/b.html")
            try write("plain", root + "/guide/deep/c.txt")
            try write("no", root + "/.hidden.md")
            try write("no", root + "/guide/d.png")
            try FileManager.default.createSymbolicLink(
                atPath: root + "/guide/e.md", withDestinationPath: "/etc/hostname")
            #expect(try await source.scopes() == ["."])
            var documents: [Document] = []
            for try await page in source.documents(in: ["."], since: .distantPast) { documents += page }
            #expect(documents.map(\.title) == ["제목", "Page", "c.txt"])
            #expect(documents.allSatisfy { $0.scope == "." })
            var ids: [String] = []
            for try await page in source.identifiers(in: ".") { ids += page }
            #expect(ids == documents.map(\.id) && ids[0].hasPrefix("files:here:") && ids[0].utf8.count == 27)
            for try await _ in source.documents(in: ["."], since: .distantFuture) {
                Issue.record("nothing is that new")
            }
        }
    }

    @Test func pagesOfALargeFolderHoldEveryFileOnceAndInOrder() async throws {
        try await withFolder { source, root in
            for number in 100..<223 { try write("text \(number)", root + "/guide/\(number).txt") }
            var pages: [[String]] = []
            for try await page in source.documents(in: ["."], since: .distantPast) { pages.append(page.map(\.title)) }
            #expect(pages.map(\.count) == [50, 50, 23])
            #expect(pages.flatMap { $0 } == (100..<223).map { "\($0).txt" })
            #expect(try await source.count(in: ["."], since: .distantPast) == 123)
            #expect(try await source.count(in: ["."], since: .distantFuture) == 0)
        }
    }

    @Test func fileThatIsTooLargeIsNamed() async throws {
        try await withFolder { source, root in
            try Data(repeating: 65, count: FilesSource.maximumFileBytes + 1).write(to: URL(filePath: root + "/big.txt"))
            let error = await #expect(throws: SourceError.self) {
                for try await _ in source.documents(in: ["."], since: .distantPast) {}
            }
            #expect(error?.message.contains("big.txt") == true)
        }
    }

    @Test func missingFolderIsNamed() async {
        let error = await #expect(throws: SourceError.self) {
            try await FilesSource(root: "/nowhere", instance: "x").verify()
        }
        #expect(error?.message.contains("OHRA_FILES_PATH") == true)
    }
}
