import Foundation
import Shared
import TestSupport
import Testing

@testable import Chunking

/// Compares with the real LangChain, run by `dev/compare/langchain_chunks.py` in the repository's `.venv`.
///
/// Texts are the sample company's pages, the shared fixtures where they are, and random ones: `OHRA_FUZZ_TEXTS` sets how many
/// (default 300). `OHRA_FUZZ_FOLDER` adds every text file below a folder.
@Suite struct LangChainComparisonTests {
    static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let sizes = [(1500, 300), (100, 20), (37, 9), (10, 0), (5, 4), (1, 0), (2, 1), (400, 399)]

    @Test func textsAreCutAsLangChainCutsThem() throws {
        guard let script = LangChain(repository: Self.repository) else {
            // Said aloud: a silent pass would look like a proof.
            print("SKIPPED: no LangChain in .venv (dev/setup.sh); only the golden file was compared")
            return
        }
        let environment = ProcessInfo.processInfo.environment
        let count = environment["OHRA_FUZZ_TEXTS"].flatMap(Int.init) ?? 300
        var generator = SeededGenerator(state: environment["OHRA_FUZZ_SEED"].flatMap(UInt64.init) ?? 4711)
        let random = (0..<count).map { _ in RandomText.make(using: &generator) }
        let real = try texts(below: Self.repository.appending(path: "dev/atlassian/corpus").path)
        #expect(real.count > 50)
        let fixtures = try SharedFixtures().map { try texts(below: $0.folder) } ?? []
        let more = try environment["OHRA_FUZZ_FOLDER"].map(texts) ?? []
        var compared = 0
        for (size, overlap) in Self.sizes {
            // Chunks of a few scalars, or one for every word of a large file, would only take long.
            let texts = random + (size < 30 || overlap * 2 > size ? [] : real + fixtures + more)
            let cases = texts.map { SplitCase(size: size, overlap: overlap, text: $0) }
            for (number, item) in try script.split(cases).enumerated() {
                let mine = RecursiveChunker(try item.settings()).chunks(of: texts[number]).map(\.content)
                #expect(mine.scalars == item.chunks.scalars, "text \(number), \(size)/\(overlap)")
                compared += item.chunks.count
            }
        }
        print(
            "LangChain comparison: \(random.count) random texts, \(real.count) sample pages, \(fixtures.count) fixtures, "
                + "\(Self.sizes.count) sizes, \(compared) chunks equal")
    }

    private func texts(below folder: String) throws -> [String] {
        let endings = [".md", ".mdx", ".txt", ".xhtml", ".html", ".yaml"]
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return try names.sorted().filter { name in endings.contains { name.hasSuffix($0) } }
            .map { String(decoding: try Data(contentsOf: URL(filePath: folder).appending(path: $0)), as: UTF8.self) }
            .map { String($0.prefix(50_000)) }
    }
}

/// The reference, in a process of its own.
struct LangChain {
    private let python: URL
    private let script: URL

    /// nil when the repository has no Python environment with LangChain in it.
    init?(repository: URL) {
        python = repository.appending(path: ".venv/bin/python")
        script = repository.appending(path: "dev/compare/langchain_chunks.py")
        let library = repository.appending(path: ".venv/lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
        let isInstalled = versions.contains { version in
            FileManager.default.fileExists(
                atPath: library.appending(path: "\(version)/site-packages/langchain_text_splitters").path)
        }
        guard isInstalled, FileManager.default.fileExists(atPath: python.path) else { return nil }
    }

    func split(_ cases: [SplitCase]) throws -> [SplitCase] {
        var writer = JSONWriter()
        writer.array { writer in for item in cases { item.write(to: &writer) } }
        // Files instead of pipes: both ways fill more than a pipe holds.
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "in.json"), folder.appending(path: "out.json"))
        try Data(writer.bytes).write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = python
        process.arguments = [script.path]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "the comparison script failed")
        return try SplitCase.reading([UInt8](Data(contentsOf: output)))
    }
}
