import Logging
import Testing

@testable import Extractor
@testable import Shared

/// The shapes that DESIGN §1 promises to scripts.
@Suite struct ReportTests {
    private let program = Program(name: "extractor", logger: .init(label: "test"))

    private func outcome(_ counts: RunReport.SourceCounts..., failure: (any ExitCoded)? = nil) -> RunOutcome {
        var outcome = RunOutcome(run: "20261123T091500Z-1a2b3c")
        for count in counts { outcome.add(count, DryRunReport(), failure: failure, of: program) }
        return outcome
    }

    @Test func runAsJSON() {
        let outcome = outcome(
            .init(source: "jira", listed: 9, new: 1, changed: 2, same: 6, skipped: 6, published: 4, removed: 1),
            .init(source: "files", failed: 2))
        #expect(
            String(decoding: outcome.output(asJSON: true, isDryRun: false), as: UTF8.self)
                == #"{"run":"20261123T091500Z-1a2b3c","complete":false,"sources":["#
                + #"{"source":"jira","listed":9,"new":1,"changed":2,"skipped":6,"published":4,"removed":1,"failed":0},"#
                + #"{"source":"files","listed":0,"new":0,"changed":0,"skipped":0,"published":0,"removed":0,"failed":2}]}"#
        )
        #expect(outcome.exit == .incomplete)
    }

    @Test func completeRunIsDone() {
        let outcome = outcome(.init(source: "jira", listed: 9))
        #expect(outcome.exit == .done && outcome.report.isComplete)
    }

    @Test func dryRunAsJSONAndText() {
        var report = DryRunReport(new: ["a:b:1"], changed: [], same: 3, gone: [])
        #expect(String(decoding: report.json, as: UTF8.self) == #"{"new":["a:b:1"],"changed":[],"same":3,"gone":[]}"#)
        #expect(
            report.text == """
                new      a:b:1
                1 new, 0 changed, 3 same, gone not looked for (--prune); nothing was published
                """)
        report.hasCensus = true
        report.gone = ["a:b:2"]
        #expect(report.text.contains("gone     a:b:2\n") && report.text.contains("1 gone"))
    }

    @Test func theGravestFaultDecidesTheExitCode() {
        #expect(outcome(.init(source: "jira", failed: 1)).exit == .incomplete)
        #expect(outcome(.init(source: "jira", failed: 1), failure: LeaseLost(broker: nil)).exit == .incomplete)
        let away = LeaseLost(broker: BrokerError(.unavailable, "away"))
        #expect(outcome(.init(source: "jira", failed: 1), failure: away).exit == .unavailable)
        var outcome = outcome(.init(source: "jira", failed: 1), failure: away)
        outcome.add(.init(source: "files"), DryRunReport(), failure: nil, of: program)
        #expect(outcome.exit == .unavailable)
    }
}
