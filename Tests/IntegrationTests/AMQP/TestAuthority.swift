import Foundation

/// Certificates good and bad, made by the openssl program in a folder of their own.
final class TestAuthority: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL
    /// Signs what ``certificate(name:days:)`` makes.
    let file: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ohra-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        file = folder.appending(path: "authority.pem").path()
        try selfSigned("authority", subject: "/CN=test authority")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path() }

    /// Makes `<name>.pem` and `<name>.key`, signed by nobody else.
    func selfSigned(_ name: String, subject: String = "/CN=localhost") throws {
        try openssl(
            ["req", "-x509"] + Self.newKey
                + [
                    "-days", "2", "-subj", subject, "-addext", "subjectAltName=DNS:localhost", "-keyout",
                    path("\(name).key"), "-out", path("\(name).pem"),
                ])
    }

    /// Makes `<name>.pem` and `<name>.key` for a host.
    ///
    /// - Parameter days: until it expires; a negative number has done so already.
    func certificate(_ name: String, host: String = "localhost", days: Int = 2) throws {
        let (request, extensions) = (path("\(name).csr"), path("\(name).ext"))
        try "subjectAltName=DNS:\(host)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
        try openssl(["req"] + Self.newKey + ["-subj", "/CN=\(host)", "-keyout", path("\(name).key"), "-out", request])
        try openssl([
            "x509", "-req", "-in", request, "-CA", file, "-CAkey", path("authority.key"), "-CAcreateserial", "-days",
            "\(days)", "-extfile", extensions, "-out", path("\(name).pem"),
        ])
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments[0]): \(String(decoding: text, as: UTF8.self))")
        }
    }
}
