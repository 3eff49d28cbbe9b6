import Metrics

extension MetricName {
    /// Where the events of a task record to; nil means the process's own. Tests look at their events alone with it.
    @TaskLocal static var factory: (any MetricsFactory)?

    /// Adds one to a counter.
    func count(_ labels: [(String, String)]) { add(1, labels) }

    /// Adds to a counter.
    func add(_ amount: Int, _ labels: [(String, String)]) {
        Counter(label: name, dimensions: labels, factory: Self.factory ?? MetricsSystem.factory).increment(by: amount)
    }

    /// Adds a duration to a histogram.
    func record(_ duration: Duration, _ labels: [(String, String)]) {
        let (seconds, attoseconds) = duration.components
        // Clamped: a duration beyond 292 years is somebody's mistake, not a reason to trap.
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) * 1e-9
        Timer(label: name, dimensions: labels, factory: Self.factory ?? MetricsSystem.factory)
            .recordNanoseconds(Int64(min(max(0, nanoseconds), 9e18)))
    }
}
