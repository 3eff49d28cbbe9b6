import FoundationEssentials
import Shared

/// What an answer tells about the limits of its host.
///
/// Cloud: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ ·
/// Data Center: https://confluence.atlassian.com/doc/_ratelimiting_httpheaders-992678779.html
enum RateLimitHeaders {
    /// Below this share of a limit requests are spread over the time that is left.
    private static let nearShare = 0.2
    /// What a page of a listing costs of a points quota: one for the call and one for each object.
    private static let pointsPerRequest = 100.0

    /// The distance between two requests that keeps below every limit told; zero far from them, nil when none is told.
    ///
    /// - Parameter now: seconds since 1970.
    static func gap(_ answer: HTTPResponse, now: Double = Date().timeIntervalSince1970) -> Duration? {
        [bucket(answer), window(answer, now), points(answer, now)].compactMap { $0 }.max().map { seconds in
            // Compared first: Duration traps on numbers out of its range.
            seconds.isFinite && seconds < 86_400 ? .milliseconds(Int(max(0, seconds) * 1000)) : .seconds(86_400)
        }
    }

    /// Data Center: a bucket that is filled at intervals.
    private static func bucket(_ answer: HTTPResponse) -> Double? {
        guard let limit = number(answer, "x-ratelimit-limit"), let remaining = number(answer, "x-ratelimit-remaining"),
            let interval = number(answer, "x-ratelimit-interval-seconds"),
            let fill = number(answer, "x-ratelimit-fillrate"), fill > 0
        else { return nil }
        return remaining < limit * nearShare ? interval / fill : 0
    }

    /// Cloud: so many requests until a moment.
    private static func window(_ answer: HTTPResponse, _ now: Double) -> Double? {
        let isNear = answer[header: "x-ratelimit-nearlimit"] == "true"
        guard let remaining = number(answer, "x-ratelimit-remaining"), let limit = number(answer, "x-ratelimit-limit"),
            answer[header: "x-ratelimit-fillrate"] == nil
        else { return isNear ? 1 : nil }
        guard isNear || remaining < limit * nearShare else { return 0 }
        guard let reset = reset(answer, "x-ratelimit-reset", now) else { return 1 }
        return reset / max(remaining, 1)
    }

    /// Cloud: points of an hour, in a structured header such as `"tenant-app-quota";r=17842;t=2107`.
    private static func points(_ answer: HTTPResponse, _ now: Double) -> Double? {
        for prefix in ["", "beta-"] {
            guard let quota = answer[header: prefix + "ratelimit"], let remaining = parameter("r", quota) else {
                continue
            }
            let limit = answer[header: prefix + "ratelimit-policy"].flatMap { parameter("q", $0) }
            let isNear =
                answer[header: "x-\(prefix)ratelimit-nearlimit"] == "true"
                || limit.map { remaining < $0 * nearShare } ?? (remaining == 0)
            guard isNear else { return 0 }
            let left = parameter("t", quota) ?? reset(answer, "x-\(prefix)ratelimit-reset", now) ?? 3600
            return left / max(remaining / pointsPerRequest, 1)
        }
        return nil
    }

    /// Seconds until the moment in a header.
    private static func reset(_ answer: HTTPResponse, _ name: String, _ now: Double) -> Double? {
        guard let text = answer[header: name] else { return nil }
        // Written with and without seconds.
        let moment = Moment(text) ?? Moment(text.replacing("Z", with: ":00Z"))
        return moment.map { max(0, Double($0.milliseconds) / 1000 - now) }
    }

    private static func number(_ answer: HTTPResponse, _ name: String) -> Double? {
        answer[header: name].flatMap(number)
    }

    private static func number(_ text: String) -> Double? {
        guard let number = Double(text), number.isFinite, number >= 0 else { return nil }
        return number
    }

    /// `r` of `"name";r=17842;t=2107`.
    private static func parameter(_ name: String, _ header: String) -> Double? {
        for part in header.split(separator: ";") {
            let pair = part.trimmingPrefix { $0 == " " }.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0] == name { return number(String(pair[1])) }
        }
        return nil
    }
}
