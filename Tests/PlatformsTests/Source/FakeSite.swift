import Shared
import Synchronization

@testable import Platforms

/// What the tests of both Atlassian sources share: settings, JSON answers, and a clock that does not wait.
enum FakeSite {
    static let token = "t0ken-of-test"

    static func settings(
        _ product: String, url: String = "https://Haneul.atlassian.net", email: String? = "a@h.example",
        edition: AtlassianEdition = .auto
    ) throws -> AtlassianSettings {
        let url = try ServiceURL(url, schemes: ["https", "http"])
        return AtlassianSettings(product: product, url: url, email: email, token: Secret(token), edition: edition)
    }

    static func json(_ text: String, status: Int = 200, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("content-type", "application/json;charset=UTF-8")] + headers,
            body: Array(text.utf8))
    }
}

/// Every sleep ends at once and moves the time on.
final class ImpatientClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex((now: Duration.zero, waits: [Duration]()))
    var waits: [Duration] { state.withLock { $0.waits } }
    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock { state in
            state.waits.append(deadline.offset - state.now)
            state.now = deadline.offset
        }
    }
}
