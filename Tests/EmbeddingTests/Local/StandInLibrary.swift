import Foundation

/// A shared library of a few lines of C, for the cases in which the real one is another than it should be.
final class StandInLibrary {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-library-\(UUID().uuidString)")
    var path: String { folder.appending(path: "stand-in.so").path }

    struct CompilerFailure: Error { let status: Int32 }

    init(_ source: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "stand-in.c")
        try Data(source.utf8).write(to: file)
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = ["cc", "-shared", "-fPIC", "-o", path, file.path]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CompilerFailure(status: compiler.terminationStatus) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
