import Foundation
import Testing

/// A RabbitMQ node of a suite's own, so that it can be killed and frozen without disturbing other tests.
struct PrivateBroker: Sendable {
    /// The node of the suite that runs, see ``PrivateBrokerTrait``.
    @TaskLocal static var current: PrivateBroker?

    private let folder: String
    private let environment: [String: String]

    /// Settings that make a fleet use it.
    var variables: [String: String] { environment }

    /// Calls `body` with a running node that is stopped and removed afterwards.
    fileprivate static func with(_ body: @Sendable (PrivateBroker) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-broker-\(UUID().uuidString)").path()
        try run("up", folder)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(PrivateBroker(folder)))
        } catch {
            result = .failure(error)
        }
        // Not `down`: that is polite to a port mapper which may take its full 30 s, and the data is deleted anyway.
        try run("kill", folder)
        try FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    private init(_ folder: String) throws {
        self.folder = folder
        var environment: [String: String] = [:]
        for line in try String(contentsOfFile: folder + "/env", encoding: .utf8).split(separator: "\n") {
            let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1).map { String($0) }
            if parts.count == 2 { environment[parts[0]] = parts[1] }
        }
        self.environment = environment
    }

    /// SIGKILL, as a crash.
    func kill() throws { try Self.run("kill", folder) }

    /// Starts it again with the data and ports it had.
    func start() throws { try Self.run("up", folder) }

    /// SIGSTOP: connections stay open and nothing answers, as when a machine or its network hangs.
    func freeze() throws { try signal(SIGSTOP) }

    func thaw() throws { try signal(SIGCONT) }

    /// Closes every client connection from the broker's side.
    func closeConnections() throws { try control("close_all_connections", "a test wants it") }

    /// Runs rabbitmqctl on the node.
    func control(_ arguments: String...) throws { try Self.launch("rabbitmqctl", [folder] + arguments) }

    private func signal(_ number: Int32) throws {
        let status = try Self.run("status", folder)
        guard let text = status.split(separator: "pid ").last?.prefix(while: \.isNumber), let pid = Int32(text) else {
            throw PrivateBrokerError(description: "no process id in: \(status)")
        }
        Foundation.kill(pid, number)
    }

    @discardableResult
    private static func run(_ command: String, _ folder: String) throws -> String {
        try launch(command, [folder, "rabbitmq"])
    }

    /// Runs a command of `dev/servers` to its end.
    @discardableResult
    private static func launch(_ command: String, _ arguments: [String]) throws -> String {
        let root = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in path.deletingLastPathComponent() }
        let process = Process()
        process.executableURL = root.appending(path: "dev/servers/\(command)")
        process.arguments = arguments
        // A file: servers inherit a pipe and would keep it open.
        let file = FileManager.default.temporaryDirectory.appending(path: "ohra-servers-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try FileHandle(forWritingTo: file)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try output.close()
        process.waitUntilExit()
        let text = try String(contentsOf: file, encoding: .utf8)
        guard process.terminationStatus == 0 else {
            throw PrivateBrokerError(description: "dev/servers/\(command): \(text)")
        }
        return text
    }
}

/// Starts one node for all tests of a suite: a start takes ten seconds.
struct PrivateBrokerTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await PrivateBroker.with { broker in
            try await PrivateBroker.$current.withValue(broker) { try await function() }
        }
    }
}

extension Trait where Self == PrivateBrokerTrait {
    static var privateBroker: Self { PrivateBrokerTrait() }
}

struct PrivateBrokerError: Error, CustomStringConvertible {
    let description: String
}
