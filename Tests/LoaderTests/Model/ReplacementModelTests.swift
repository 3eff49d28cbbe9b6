import Foundation
import Testing

/// The real replacement code under random schedules (DESIGN §7): states in any order, messages twice and replayed, loaders
/// dying between any two requests, answers lost, writes landing late. `OHRA_MODEL_RUNS` sets how many, `OHRA_MODEL_SEED`
/// where to begin; `make model-test` runs 10,000.
@Suite struct ReplacementModelTests {
    private let environment = ProcessInfo.processInfo.environment

    @Test(.timeLimit(.minutes(60))) func everyScheduleEndsWithTheNewestStateOnlyAndNeverShowsAGap() async {
        let runs = environment["OHRA_MODEL_RUNS"].flatMap { UInt64($0) } ?? 200
        let first = environment["OHRA_MODEL_SEED"].flatMap { UInt64($0) } ?? 1
        var faults: [String] = []
        for seed in first..<(first + runs) {
            if let fault = await ReplacementModel(seed: seed).fault() { faults.append("seed \(seed): \(fault)") }
        }
        #expect(faults.isEmpty, "\(faults.count) of \(runs) schedules went wrong: \(faults.prefix(5))")
    }

    @Test(.timeLimit(.minutes(10)), arguments: Mutation.allCases)
    func aBrokenProtocolIsCaught(mutation: Mutation) async {
        // As many as the real protocol must pass in every test run; the rarest of these shows within fifty.
        let limit: UInt64 = 200
        for seed in 1...limit where await ReplacementModel(seed: seed, mutation: mutation).fault() != nil { return }
        Issue.record("\(limit) schedules went well although the protocol \(mutation)")
    }
}
