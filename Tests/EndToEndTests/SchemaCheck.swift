import Foundation
import Testing

/// Checks published bodies against the JSON Schemas in `docs/schemas`, by Python's validator.
enum SchemaCheck {
    /// Records an issue for every body that does not meet the schema `docs/schemas/<name>.schema.json`.
    static func expect(_ bodies: [[UInt8]], toMeet name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-bodies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try bodies.enumerated().map { index, body in
            let file = folder.appending(path: "\(name)-\(index).json")
            try Data(body).write(to: file)
            return file.path()
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appending(path: ".venv/bin/python")
        process.arguments =
            [
                root.appending(path: "dev/check_schema.py").path(),
                root.appending(path: "docs/schemas/\(name).schema.json").path(),
            ] + files
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
