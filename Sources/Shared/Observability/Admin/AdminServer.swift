public import Logging
public import ServiceLifecycle

/// Serves `/metrics`, `/livez` and `/readyz`; everything else is not found.
///
/// Put it first into the service group: services stop in reverse order, so that it answers until the work is done.
/// A request is answered within ``patience`` seconds, bodies are never read into memory.
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
        guard let port = settings.port else { return try await gracefulShutdown() }
        let listener = HTTPListener(
            host: settings.host, port: port, patience: Self.patience, setting: "OHRA_ADMIN_PORT (0 for none)")
        try await listener.run { port in
            logger.info(
                "Admin endpoints are up",
                metadata: [LogKey.host: .string(settings.host), LogKey.port: .stringConvertible(Int(port))])
            onListening?(port)
        } answer: {
            await answer($0)
        }
    }

    private func answer(_ request: ServedRequest) async -> ServedResponse {
        guard ["/metrics", "/livez", "/readyz"].contains(request.path) else { return plain(404, "not found\n") }
        guard ["GET", "HEAD"].contains(request.method) else { return plain(405, "method not allowed\n") }
        switch request.path {
        case "/metrics":
            return ServedResponse(
                200, type: "text/plain; version=0.0.4; charset=utf-8", body: registry.exposition())
        case "/livez": return json(200, Array("{\"alive\":true}".utf8))
        default: return ready(await readiness())
        }
    }

    private func ready(_ failing: [FailingPart]) -> ServedResponse {
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
        return json(failing.isEmpty ? 200 : 503, writer.bytes)
    }

    private func plain(_ status: Int, _ text: String) -> ServedResponse {
        ServedResponse(status, type: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    private func json(_ status: Int, _ text: [UInt8]) -> ServedResponse {
        ServedResponse(status, type: "application/json", body: text + [0x0A])
    }
}
