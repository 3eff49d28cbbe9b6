import FoundationEssentials

/// Speaks the HTTP interface of RabbitMQ's management plugin, as far as the topology needs it: policies and users cannot be
/// set over AMQP, and arguments cannot be read over it.
///
/// **Errors**: ``BrokerError``: `unavailable` when nothing usable answers, `unauthorized` when the user may not.
public struct ManagementClient: Sendable {
    private let settings: BrokerSettings
    private let transport: any HTTPTransport

    public init(settings: BrokerSettings, transport: any HTTPTransport) {
        self.settings = settings
        self.transport = transport
    }

    // MARK: Reading

    /// Everything in the virtual host that concerns the topology.
    public func snapshot(of topology: Topology) async throws(BrokerError) -> TopologySnapshot {
        let host = settings.virtualHost
        let exchange = try await get(["exchanges", host, topology.exchange])
        // Without statistics: with them, a new queue's policy shows up only seconds later (measured on 3.10).
        let queues = try await get(["queues", host], query: "?disable_stats=true")
        let policies = try await get(["policies", host])
        let bindings =
            exchange == nil ? nil : try await get(["exchanges", host, topology.exchange, "bindings", "source"])
        return TopologySnapshot(
            exchange: exchange, queues: queues?.array.map(Array.init) ?? [],
            bindings: bindings?.array.map(Array.init) ?? [],
            policies: policies?.array.map(Array.init) ?? [])
    }

    /// Deliveries that workers hold and have not settled, by queue. The plugin counts every five seconds.
    public func unacknowledged() async throws(BrokerError) -> [String: Int] {
        var counts: [String: Int] = [:]
        for queue in try await get(["queues", settings.virtualHost])?.array.map(Array.init) ?? [] {
            // A queue that is younger than the last count has none.
            guard let name = queue["name"]?.string, let count = queue["messages_unacknowledged"]?.int else { continue }
            counts[name] = count
        }
        return counts
    }

    // MARK: Writing

    /// Sets a policy; one of the same name is replaced.
    public func put(_ policy: Topology.Policy) async throws(BrokerError) {
        try await send(.put, ["policies", settings.virtualHost, policy.name], body: policy.body)
    }

    /// Creates a user, or gives it this password and these tags, and its rights in the virtual host.
    public func put(
        user: String, password: Secret, tags: String, permissions: Topology.Permissions
    ) async throws(BrokerError) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("password", password.reveal())
            writer.member("tags", tags)
        }
        try await send(.put, ["users", user], body: writer.bytes)
        writer = JSONWriter()
        writer.object { permissions.write(to: &$0) }
        try await send(.put, ["permissions", settings.virtualHost, user], body: writer.bytes)
    }

    /// Imports definitions as `ohra topology print --users` prints them; what exists already stays.
    public func upload(definitions: [UInt8]) async throws(BrokerError) {
        try await send(.post, ["definitions"], body: definitions)
    }

    // MARK: Requests

    /// The answer's JSON, nil when there is no such thing.
    private func get(_ path: [String], query: String = "") async throws(BrokerError) -> JSONElement? {
        let answer = try await exchange(.get, path, query: query, body: nil)
        if answer.status == 404 { return nil }
        try check(answer, path)
        do {
            return try JSONElement(parsing: answer.body)
        } catch {
            throw BrokerError(.unavailable, "\(place): the answer is not JSON; is this RabbitMQ's management plugin?")
        }
    }

    /// Sends something and expects success.
    ///
    /// - Parameter path: what comes after `/api`, in parts, as they are: a virtual host may well be called `/`.
    public func send(_ method: HTTPRequest.Method, _ path: [String], body: [UInt8]? = nil) async throws(BrokerError) {
        try check(try await exchange(method, path, query: "", body: body), path)
    }

    private func exchange(
        _ method: HTTPRequest.Method, _ path: [String], query: String, body: [UInt8]?
    ) async throws(BrokerError) -> HTTPResponse {
        let login = Data("\(settings.user):\(settings.password.reveal())".utf8).base64EncodedString()
        let url = settings.managementURL.appending("/api/" + path.map(Self.encoded).joined(separator: "/") + query)
        var headers = [(name: "Authorization", value: "Basic " + login)]
        if body != nil { headers.append((name: "Content-Type", value: "application/json")) }
        let request = HTTPRequest(method, url, headers: headers, body: body, deadline: settings.callTimeout)
        do {
            return try await transport.send(request)
        } catch {
            throw BrokerError(
                error.code == .cancelled ? .cancelled : .unavailable,
                "\(place) does not answer (\(error.message)); set OHRA_AMQP_MANAGEMENT_URL, or enable the plugin")
        }
    }

    private func check(_ answer: HTTPResponse, _ path: [String]) throws(BrokerError) {
        let thing = path.joined(separator: " ")
        switch answer.status {
        case 200..<300: return
        case 401, 403:
            throw BrokerError(
                .unauthorized,
                "\(place): user \(settings.user) may not use \(thing); policies need the tag policymaker and access to the"
                    + " virtual host, users the tag administrator")
        case 400..<500 where answer.status != 408 && answer.status != 429:
            let reason = (try? JSONElement(parsing: answer.body))?["reason"]?.string?.logSafe(limit: 300)
            throw BrokerError(.topology, "\(place): \(thing): HTTP \(answer.status)\(reason.map { ": \($0)" } ?? "")")
        default:
            throw BrokerError(.unavailable, "\(place): \(thing): HTTP \(answer.status)")
        }
    }

    private var place: String { "management interface \(settings.managementURL)" }

    /// One part of a path. Only what is never special stays as it is.
    private static func encoded(_ part: String) -> String {
        var text = ""
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
