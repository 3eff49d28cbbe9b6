import FlyingFox
import FlyingSocks
import FoundationEssentials
import Glibc
import ServiceLifecycle

/// Listens on one address and has every request answered, until the graceful shutdown.
///
/// FlyingFox sets no limit to the length of request headers and the number of connections: hence loopback by default
/// wherever this is used.
public struct HTTPListener: Sendable {
    private let host: String
    private let port: UInt16
    /// Seconds for one answer.
    private let patience: Double
    /// What the message calls the port when it cannot be listened on.
    private let setting: String

    /// - Parameters:
    ///   - host: an IP address.
    ///   - port: 0 for any free one.
    ///   - patience: seconds for one answer; past them it is 500.
    ///   - setting: the setting or option that names the port.
    public init(host: String, port: UInt16, patience: Double, setting: String) {
        self.host = host
        self.port = port
        self.patience = patience
        self.setting = setting
    }

    /// Whether a text is an IP address to listen on.
    public static func isAddress(_ host: String) -> Bool { address(host, port: 0) != nil }

    /// - Parameters:
    ///   - onListening: called once with the port.
    ///   - answer: called for every request, for several at once.
    /// - Throws: ``SettingsError`` when the address cannot be listened on.
    public func run(
        onListening: @escaping @Sendable (UInt16) -> Void,
        answer: @escaping @Sendable (ServedRequest) async -> ServedResponse
    ) async throws {
        guard let address = Self.address(host, port: port) else {
            throw SettingsError(["cannot listen on '\(host)': expected an IP address such as 127.0.0.1, 0.0.0.0 or ::"])
        }
        do {
            try Self.checkIsFree(address)
            try await cancelWhenGracefulShutdown { try await serve(on: address, onListening, answer) }
        } catch {
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            throw explained(error)
        }
    }

    private static func address(_ host: String, port: UInt16) -> (any SocketAddress)? {
        if let address = try? sockaddr_in.inet(ip4: host, port: port) { return address }
        return try? sockaddr_in6.inet6(ip6: host, port: port)
    }

    /// Binds and closes once. In FlyingFox, a failed bind is told only after those who wait for the server gave up.
    private static func checkIsFree(_ address: some SocketAddress) throws {
        let socket = try Socket(domain: Int32(type(of: address).family))
        defer { try? socket.close() }
        try socket.setValue(true, for: .localAddressReuse)
        try socket.bind(to: address)
    }

    private func serve(
        on address: some SocketAddress, _ onListening: @escaping @Sendable (UInt16) -> Void,
        _ answer: @escaping @Sendable (ServedRequest) async -> ServedResponse
    ) async throws {
        let server = HTTPServer(address: address, timeout: patience, logger: .disabled)
        await server.appendRoute("*") { await answer(ServedRequest($0)).response }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                // Fails only when the server does, which then says why itself.
                guard (try? await server.waitUntilListening()) != nil else { return }
                onListening(await server.listeningAddress?.port ?? 0)
            }
            try await group.waitForAll()
        }
    }

    private func explained(_ error: any Error) -> any Error {
        guard case SocketError.failed(_, _, let message) = error else { return error }
        return SettingsError(["\(setting): cannot listen on \(host) port \(port): \(message); choose another port"])
    }
}

extension Socket.Address {
    fileprivate var port: UInt16 {
        switch self {
        case .ip4(_, let port), .ip6(_, let port): port
        case .unix: 0
        }
    }
}
