public import Shared
import Synchronization

/// An ``HTTPTransport`` that answers from a script and remembers what it was asked.
///
/// Each request takes the next step; a request past the end of the script fails as `interrupted`.
public final class ScriptedHTTP: HTTPTransport {
    /// What happens to one request.
    public enum Step: Sendable {
        case answer(HTTPResponse)
        case fail(HTTPError.Code)
        /// Decides by looking at the request.
        case handle(@Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse)

        /// An answer with a JSON body.
        public static func json(
            status: Int = 200, _ text: String, headers: [(name: String, value: String)] = []
        ) -> Step {
            .answer(HTTPResponse(status: status, headers: headers, body: Array(text.utf8)))
        }
    }

    private struct State {
        var steps: [Step]
        var requests: [HTTPRequest] = []
    }

    private let state: Mutex<State>
    private let fallback: Step?

    /// - Parameter fallback: answers requests past the end of the script.
    public init(_ steps: [Step], then fallback: Step? = nil) {
        state = Mutex(State(steps: steps.reversed()))
        self.fallback = fallback
    }

    /// Every request so far, in order.
    public var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The text of the n-th request's body, from 0.
    public func body(_ index: Int) -> String { String(decoding: requests[index].body ?? [], as: UTF8.self) }

    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let step = state.withLock { state in
            state.requests.append(request)
            return state.steps.popLast()
        }
        switch step ?? fallback {
        case .answer(let response): return response
        case .fail(let code): throw HTTPError(code, endpoint: "scripted:80", message: "scripted fault")
        case .handle(let body): return try body(request)
        case nil: throw HTTPError(.interrupted, endpoint: "scripted:80", message: "the script is at its end")
        }
    }
}
