package import Shared
import Synchronization

/// A transport that keeps within what each host can take: few requests at a time, fewer near its limits.
package final class PacedTransport<C: Clock>: HTTPTransport where C.Duration == Duration {
    private let transport: any HTTPTransport
    private let clock: C
    private let requestsPerHost: Int
    private let gates = Mutex<[String: HostGate<C>]>([:])

    /// - Parameter requestsPerHost: in flight at the same time, of all sources together.
    package init(_ transport: any HTTPTransport, requestsPerHost: Int = 4, clock: C) {
        self.transport = transport
        self.requestsPerHost = requestsPerHost
        self.clock = clock
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let host = Self.origin(of: request.url)
        let gate = gates.withLock { gates in
            if let gate = gates[host] { return gate }
            let gate = HostGate(limit: requestsPerHost, clock: clock)
            gates[host] = gate
            return gate
        }
        guard await gate.enter() else {
            throw HTTPError(.cancelled, endpoint: host, message: "cancelled while waiting for its turn")
        }
        do throws(HTTPError) {
            let answer = try await transport.send(request)
            await gate.leave(after: answer)
            return answer
        } catch {
            await gate.leave(after: nil)
            throw error
        }
    }

    /// Scheme, host and port.
    private static func origin(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/").lowercased()
    }
}

extension PacedTransport where C == ContinuousClock {
    package convenience init(_ transport: any HTTPTransport) { self.init(transport, clock: ContinuousClock()) }
}
