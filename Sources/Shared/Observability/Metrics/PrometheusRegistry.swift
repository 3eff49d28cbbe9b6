public import Metrics
import Synchronization

/// Keeps the program's metrics in memory and writes them in the Prometheus text format.
///
/// Recording takes one atomic addition or one uncontended lock; looking up a metric takes the registry's lock, so code
/// that records often keeps its `Counter`. Names and labels are made valid; a name is bound to its first kind, and what
/// asks for it as another kind records into the void. A metric has at most ``maximumSeries`` sets of label values: labels
/// come from closed sets, and this catches the one that does not.
public final class PrometheusRegistry: MetricsFactory {
    static let maximumSeries = 500

    private struct Family {
        let kind: PrometheusText.Kind
        var series: [String: any PrometheusSeries] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var collectors: [@Sendable (inout PrometheusText) -> Void] = []
        var refused = 0
    }

    private let state = Mutex(State())

    /// The registry of this process, with its process metrics.
    public static let shared: PrometheusRegistry = {
        let registry = PrometheusRegistry()
        registry.collect { ProcessMetrics.write(to: &$0) }
        return registry
    }()

    public init() {}

    /// Adds metrics that are read at the time of asking.
    public func collect(_ collector: @escaping @Sendable (inout PrometheusText) -> Void) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// All metrics, sorted by name and labels.
    public func exposition() -> [UInt8] {
        let (families, collectors, refused) = state.withLock { ($0.families, $0.collectors, $0.refused) }
        var text = PrometheusText()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text.begin(name, family.kind, help: MetricName.help(of: name))
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name, labels, to: &text)
            }
        }
        text.begin("ohra_metrics_refused_total", .counter, help: "Requests for a metric that is not exported")
        text.sample("ohra_metrics_refused_total", "", Double(refused))
        for collector in collectors { collector(&text) }
        return text.bytes
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { PrometheusCounter() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { PrometheusFloatCounter() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { PrometheusGauge() }
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return series(label, dimensions, .summary) { PrometheusSummary() } }
        return series(label, dimensions, .gauge) { PrometheusGauge() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { PrometheusHistogram() }
    }

    // Prometheus reads a series that vanishes and comes back as a restart, so nothing is ever removed; every label set is
    // bounded, and so is memory.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: PrometheusText.Kind, make: () -> Series
    ) -> Series {
        let name = label.prometheusName
        let labels = dimensions.map { PrometheusText.label($0.prometheusName, $1) }.joined(separator: ",")
        return state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind)
            if family.kind == kind {
                if let series = family.series[labels] as? Series { return series }
                if family.series[labels] == nil, family.series.count < Self.maximumSeries {
                    let series = make()
                    family.series[labels] = series
                    state.families[name] = family
                    return series
                }
            }
            state.refused += 1
            return make()
        }
    }
}

extension String {
    /// The name with every character that Prometheus does not allow replaced by an underscore.
    fileprivate var prometheusName: String {
        let name = String(map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" ? $0 : "_" })
        guard let first = name.first, !first.isNumber else { return "_" + name }
        return name
    }
}
