import Foundation

/// A folder of small texts for the files source, some of one chunk and some of several.
struct SampleFolder: Sendable {
    let path: String
    /// Settings that make it the source of a fleet.
    var variables: [String: String] { ["OHRA_FILES_PATH": path, "OHRA_FILES_INSTANCE": "sample"] }

    /// Calls `body` with a folder of `count` texts that is removed afterwards.
    static func with(count: Int = 30, _ body: (SampleFolder) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-texts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for number in 0..<count {
            // Up to three chunks of the default size, so that documents share messages and span them.
            let text =
                "# Text \(number)\n\n"
                + String(repeating: "Dock \(number) keeps frozen goods. ", count: 1 + number % 4 * 50)
            try Data(text.utf8).write(to: folder.appending(path: "text-\(number).md"))
        }
        try await body(SampleFolder(path: folder.path()))
    }
}
