/// Is told how far a run has come: a live line on a terminal, nothing otherwise.
protocol RunProgress: Sendable {
    func update(_ counts: RunReport.SourceCounts)
}
