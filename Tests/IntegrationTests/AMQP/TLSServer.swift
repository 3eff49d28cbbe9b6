import Foundation

/// `openssl s_server` with a certificate of choice: enough for a handshake that is to fail.
final class TLSServer: Sendable {
    struct NotReady: Error {}

    let port: Int
    private let process: Process

    /// - Parameters:
    ///   - certificate: name of the files that ``TestAuthority`` has made.
    ///   - options: further ones of `s_server`.
    init(_ authority: TestAuthority, certificate: String, options: [String] = []) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        // -www: it does not read its input, whose end would be the end of the server.
        process.arguments =
            [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", authority.path("\(certificate).pem"), "-key",
                authority.path("\(certificate).key"),
            ] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        var text = ""
        var port: Int?
        while port == nil {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw NotReady() }
            text += String(decoding: data, as: UTF8.self)
            if let line = text.firstMatch(of: #/ACCEPT 127\.0\.0\.1:(\d+)\n/#) { port = Int(line.1) }
        }
        guard let port else { throw NotReady() }
        self.port = port
    }

    /// SIGKILL: a child inherits the signals that its parent's thread holds back, and those of a pool hold back SIGTERM.
    func stop() { kill(process.processIdentifier, SIGKILL) }
}
