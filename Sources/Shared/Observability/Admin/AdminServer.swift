import FlyingFox
import FlyingSocks
import FoundationEssentials
import Glibc
public import Logging
public import ServiceLifecycle

/// Serves `/metrics`, `/livez` and `/readyz`; everything else is not found.
///
/// Put it first into the service group: services stop in reverse order, so that it answers until the work is done.
/// A request is answered within ``patience`` seconds, bodies are never read into memory. FlyingFox sets no limit to the
/// length of request headers and the number of connections: hence loopback by default.
public struct AdminServer: Service, CustomStringConvertible {
    /// Seconds for one answer.
    static let patience = 5.0

    private let settings: AdminSettings
    private let registry: PrometheusRegistry
    private let readiness: Readiness
    private let logger: Logger
    private let onListening: (@Sendable (UInt16) -> Void)?

    /// - Parameters:
    ///   - settings: where to listen; without a port the service only waits for the shutdown.
    ///   - readiness: what does not work at the moment.
    public init(
        _ settings: AdminSettings, registry: PrometheusRegistry = .shared, logger: Logger,
        readiness: @escaping Readiness
    ) {
        self.init(settings, registry: registry, logger: logger, onListening: nil, readiness: readiness)
    }

    /// - Parameter onListening: called once with the port; for tests, which listen on any free one.
    init(
        _ settings: AdminSettings, registry: PrometheusRegistry, logger: Logger,
        onListening: (@Sendable (UInt16) -> Void)?, readiness: @escaping Readiness
    ) {
        self.settings = settings
        self.registry = registry
        self.logger = logger
        self.onListening = onListening
        self.readiness = readiness
    }

    /// ServiceLifecycle prints its services at debug level.
    public var description: String { "admin endpoints" }

    /// Serves until the graceful shutdown.
    ///
    /// - Throws: ``SettingsError`` when the address cannot be listened on.
    public func run() async throws {
        guard let port = settings.port, let address = Self.address(settings.host, port: port) else {
            return try await gracefulShutdown()
        }
        do {
            try Self.checkIsFree(address)
            try await cancelWhenGracefulShutdown { try await serve(on: address) }
        } catch {
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            throw explained(error)
        }
    }

    /// The socket address of an IP address, nil when it is none.
    static func address(_ host: String, port: UInt16) -> (any SocketAddress)? {
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

    private func serve(on address: some SocketAddress) async throws {
        let server = HTTPServer(address: address, timeout: Self.patience, logger: .disabled)
        await server.appendRoute("*") { await answer($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                // Fails only when the server does, which then says why itself.
                guard (try? await server.waitUntilListening()) != nil else { return }
                let port = await server.listeningAddress?.port ?? 0
                logger.info(
                    "Admin endpoints are up",
                    metadata: [LogKey.host: .string(settings.host), LogKey.port: .stringConvertible(Int(port))])
                onListening?(port)
            }
            try await group.waitForAll()
        }
    }

    private func answer(_ request: FlyingFox.HTTPRequest) async -> FlyingFox.HTTPResponse {
        guard ["/metrics", "/livez", "/readyz"].contains(request.path) else { return plain(.notFound, "not found\n") }
        guard request.method == .GET || request.method == .HEAD else {
            return plain(.methodNotAllowed, "method not allowed\n")
        }
        switch request.path {
        case "/metrics":
            return response(.ok, "text/plain; version=0.0.4; charset=utf-8", registry.exposition())
        case "/livez": return response(.ok, "application/json", Array("{\"alive\":true}\n".utf8))
        default: return ready(await readiness())
        }
    }

    private func ready(_ failing: [FailingPart]) -> FlyingFox.HTTPResponse {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("ready", failing.isEmpty)
            writer.key("failing")
            writer.array { writer in
                for part in failing {
                    writer.object { writer in
                        writer.member("part", part.part)
                        writer.member("reason", part.reason.cleaned(upTo: 500))
                    }
                }
            }
        }
        return response(failing.isEmpty ? .ok : .serviceUnavailable, "application/json", writer.bytes + [0x0A])
    }

    private func plain(_ status: HTTPStatusCode, _ text: String) -> FlyingFox.HTTPResponse {
        response(status, "text/plain; charset=utf-8", Array(text.utf8))
    }

    private func response(_ status: HTTPStatusCode, _ type: String, _ body: [UInt8]) -> FlyingFox.HTTPResponse {
        FlyingFox.HTTPResponse(
            statusCode: status,
            headers: [.contentType: type, HTTPHeader("Cache-Control"): "no-store"],
            body: Data(body))
    }

    private func explained(_ error: any Error) -> any Error {
        guard case SocketError.failed(_, _, let message) = error, let port = settings.port else { return error }
        return SettingsError([
            "OHRA_ADMIN_PORT: cannot listen on \(settings.host) port \(port): \(message); choose another port, or 0 for none"
        ])
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
