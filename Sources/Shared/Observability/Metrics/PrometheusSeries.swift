import Metrics
import Synchronization

/// One metric with one set of label values.
protocol PrometheusSeries: AnyObject, Sendable {
    func write(_ name: String, _ labels: String, to text: inout PrometheusText)
}

/// A whole number that only grows.
final class PrometheusCounter: CounterHandler, PrometheusSeries {
    private let value = Atomic<Int64>(0)

    /// Negative amounts are left out: a counter that falls reads as a restart.
    func increment(by amount: Int64) {
        if amount > 0 { value.wrappingAdd(amount, ordering: .relaxed) }
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

/// A number that only grows, with fractions.
final class PrometheusFloatCounter: FloatingPointCounterHandler, PrometheusSeries {
    private let value = Mutex(0.0)

    func increment(by amount: Double) {
        if amount > 0, amount.isFinite { value.withLock { $0 += amount } }
    }

    func reset() { value.withLock { $0 = 0 } }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, value.withLock { $0 })
    }
}

/// A number that goes up and down; also what a recorder without aggregation is.
final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusSeries {
    private let value = Mutex(0.0)

    func set(_ number: Int64) { set(Double(number)) }
    func set(_ number: Double) { value.withLock { $0 = number } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ number: Int64) { set(Double(number)) }
    func record(_ number: Double) { set(number) }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, value.withLock { $0 })
    }
}

/// Sum and count of values: a recorder with aggregation.
final class PrometheusSummary: RecorderHandler, PrometheusSeries {
    private let state = Mutex((sum: 0.0, count: 0))

    func record(_ number: Int64) { record(Double(number)) }

    func record(_ number: Double) {
        guard number.isFinite else { return }
        state.withLock { state in
            state.sum += number
            state.count += 1
        }
    }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        let (sum, count) = state.withLock { $0 }
        text.sample(name + "_sum", labels, sum)
        text.sample(name + "_count", labels, Double(count))
    }
}
