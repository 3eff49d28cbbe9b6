import Metrics
import Synchronization

/// Durations in seconds, counted in fixed buckets: what a timer is.
final class PrometheusHistogram: TimerHandler, PrometheusSeries {
    /// Upper bounds in seconds: a millisecond for a confirm up to two minutes for a batch on a slow embedder.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

    private struct State {
        /// Per bucket, not yet cumulated; the last one is beyond all bounds.
        var counts = [Int](repeating: 0, count: PrometheusHistogram.bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(max(0, duration)) * 1e-9
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += seconds
        }
    }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (bound, count) in zip(Self.bounds + [.infinity], state.counts) {
            total += count
            text.sample(name + "_bucket", "\(prefix)le=\"\(PrometheusText.number(bound))\"", Double(total))
        }
        text.sample(name + "_sum", labels, state.sum)
        text.sample(name + "_count", labels, Double(total))
    }
}
