import Shared

/// What all sources of one run gave together.
struct RunOutcome: Sendable {
    private(set) var report: RunReport
    private(set) var dryRun = DryRunReport()
    /// The gravest fault: credentials before servers before scopes.
    private(set) var exit = ProgramExit.done

    init(run: String) { report = RunReport(run: run) }

    /// Adds a source, and tells the user what ended it if anything did.
    mutating func add(
        _ counts: RunReport.SourceCounts, _ dryRun: DryRunReport, failure: (any ExitCoded)?, of program: Program
    ) {
        report.sources.append(counts)
        self.dryRun.append(dryRun)
        var codes = [exit.rawValue]
        if counts.failed > 0 { codes.append(ProgramExit.incomplete.rawValue) }
        if let failure {
            codes.append(failure.exitCode)
            _ = ProgramFailure.report(failure, program: program.name)
        }
        exit = codes.max().flatMap(ProgramExit.init(rawValue:)) ?? .incomplete
    }

    func output(asJSON: Bool, isDryRun: Bool) -> [UInt8] {
        if asJSON { return isDryRun ? dryRun.json : report.json }
        return Array((isDryRun ? dryRun.text : report.text).utf8)
    }
}
