import Logging
import Metrics
import Testing

@testable import Shared

@Suite struct PrometheusTests {
    private func text(_ registry: PrometheusRegistry) -> [String] {
        String(decoding: registry.exposition(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func everyKindHasItsForm() {
        let registry = PrometheusRegistry()
        Counter(label: "c_total", dimensions: [("stage", "loader")], factory: registry).increment(by: 3)
        Counter(label: "c_total", dimensions: [("stage", "loader")], factory: registry).increment(by: -1)
        FloatingPointCounter(label: "f_total", factory: registry).increment(by: 0.5)
        let meter = Meter(label: "m", factory: registry)
        meter.set(5)
        meter.increment(by: 0.25)
        meter.decrement(by: 2.0)
        Gauge(label: "g", factory: registry).record(-1.5)
        let recorder = Recorder(label: "r", factory: registry)
        recorder.record(2)
        recorder.record(0.5)
        let expected = [
            "# TYPE c_total counter", "c_total{stage=\"loader\"} 3", "# TYPE f_total counter", "f_total 0.5",
            "# TYPE g gauge", "g -1.5", "# TYPE m gauge", "m 3.25", "# TYPE r summary", "r_sum 2.5", "r_count 2",
        ]
        #expect(Array(text(registry).prefix(expected.count)) == expected)
    }

    @Test func timersAreHistogramsInSeconds() {
        let registry = PrometheusRegistry()
        let timer = Timer(label: "t_seconds", dimensions: [("a", "b")], factory: registry)
        for milliseconds in [1, 2, 40, 200_000] { timer.recordMilliseconds(milliseconds) }
        let lines = text(registry)
        #expect(lines.contains("t_seconds_bucket{a=\"b\",le=\"0.001\"} 1"))
        #expect(lines.contains("t_seconds_bucket{a=\"b\",le=\"0.0025\"} 2"))
        #expect(lines.contains("t_seconds_bucket{a=\"b\",le=\"120\"} 3"))
        #expect(lines.contains("t_seconds_bucket{a=\"b\",le=\"+Inf\"} 4"))
        #expect(lines.contains("t_seconds_count{a=\"b\"} 4"))
        #expect(lines.contains("t_seconds_sum{a=\"b\"} 200.043"))
    }

    @Test func namesAndLabelsAreMadeValid() {
        let registry = PrometheusRegistry()
        Counter(label: "9 a-b", dimensions: [("x.y", "q\"\\\n\u{1B}")], factory: registry).increment()
        #expect(text(registry).contains("_9_a_b{x_y=\"q\\\"\\\\\\\\n\\\\u{1b}\"} 1"))
    }

    @Test func aNameKeepsItsFirstKind() {
        let registry = PrometheusRegistry()
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", factory: registry).record(7)
        FloatingPointCounter(label: "x", factory: registry).increment(by: 9)
        let lines = text(registry)
        #expect(lines.contains("x 1"))
        #expect(lines.contains("ohra_metrics_refused_total 2"))
    }

    @Test func labelSetsAreBounded() {
        let registry = PrometheusRegistry()
        for number in 0..<(PrometheusRegistry.maximumSeries + 50) {
            Counter(label: "x", dimensions: [("id", "\(number)")], factory: registry).increment()
        }
        let lines = text(registry)
        #expect(lines.filter { $0.hasPrefix("x{") }.count == PrometheusRegistry.maximumSeries)
        #expect(lines.contains("ohra_metrics_refused_total 50"))
    }

    @Test func recordingFromManyTasksLosesNothing() async {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        Counter(label: "n_total", factory: registry).increment()
                        Timer(label: "d_seconds", factory: registry).recordNanoseconds(1)
                    }
                }
            }
        }
        #expect(text(registry).contains("n_total 8000"))
        #expect(text(registry).contains("d_seconds_count 8000"))
    }

    @Test func processMetricsArePlausible() {
        #expect(ProcessMemory.residentBytes > 1 << 20)
        #expect(ProcessMemory.peakResidentBytes > 1 << 20)
        #expect(ProcessMemory.virtualBytes > ProcessMemory.residentBytes)
        #expect(ProcessMetrics.cpuSeconds > 0)
        #expect((ProcessMetrics.openDescriptors ?? 0) >= 3)
        let now = Double(Timestamp.now.milliseconds) / 1000
        #expect((now - 86_400...now + 1).contains(ProcessMetrics.startTime ?? 0))
    }

    @Test func eventsWriteLogLineAndMetricTogether() throws {
        let registry = PrometheusRegistry()
        let piped = PipedStreams()
        let logger = Logger(label: "t") {
            LineLogHandler(
                label: $0, service: "loader", settings: LogSettings(level: .trace, format: .json),
                streams: piped.streams, clock: { .now })
        }
        let fault = Fault("qdrant_unavailable", "connection refused")
        MetricName.$factory.withValue(registry) {
            DeliveryEvent(stage: .loader, queue: "ohra.vectors", outcome: .done, duration: .milliseconds(20)).emit(
                logger)
            RetryEvent(stage: .loader, fault: fault, attempt: 2, delay: .fiveMinutes).emit(logger)
            DeadLetterEvent(stage: .loader, fault: fault, documentID: "jira:x:1").emit(logger)
            PauseEvent(stage: .loader, fault: fault, pause: .seconds(4)).emit(logger)
            VolumeEvent(stage: .loader, outcome: .loaded, documents: 2, vectors: 5).emit(logger)
            VolumeEvent(stage: .loader, outcome: .stale).emit(logger)
            PublishEvent(stage: .extractor, kind: .documents, count: 10, bytes: 1000, duration: .seconds(1)).emit(
                logger)
            PublishEvent(
                stage: .extractor, kind: .documents, count: 10, bytes: 1000, duration: .seconds(1),
                error: BrokerError(.refused, "queue full")
            ).emit(logger)
        }
        let lines = text(registry)
        for sample in [
            "ohra_deliveries_total{stage=\"loader\",outcome=\"done\",queue=\"ohra.vectors\"} 1",
            "ohra_delivery_duration_seconds_bucket{stage=\"loader\",outcome=\"done\",le=\"0.025\"} 1",
            "ohra_retries_total{stage=\"loader\",delay=\"5m\",reason=\"qdrant_unavailable\"} 1",
            "ohra_dead_letters_total{stage=\"loader\",reason=\"qdrant_unavailable\"} 1",
            "ohra_pauses_total{stage=\"loader\",reason=\"qdrant_unavailable\"} 1",
            "ohra_documents_total{stage=\"loader\",outcome=\"loaded\"} 2",
            "ohra_vectors_total{stage=\"loader\",outcome=\"loaded\"} 5",
            "ohra_publishings_total{stage=\"extractor\",kind=\"documents\",outcome=\"confirmed\"} 1",
            "ohra_publishings_total{stage=\"extractor\",kind=\"documents\",outcome=\"refused\"} 1",
            "ohra_published_bytes_total{stage=\"extractor\",kind=\"documents\"} 1000",
        ] {
            #expect(lines.contains(sample))
        }
        #expect(lines.contains { $0.hasPrefix("# HELP ohra_deliveries_total ") })
        let logged = try piped.readError().split(separator: "\n").map { try JSONElement(parsing: Array($0.utf8)) }
        let levels = logged.map { $0["level"]?.string ?? "" }
        #expect(levels == ["debug", "info", "error", "warning", "debug", "debug", "warning"])
        #expect(logged[2][LogKey.document]?.string == "jira:x:1")
        #expect(logged[0][LogKey.duration]?.double == 0.02)
    }
}
