import Foundation
import Testing

/// The real replacement code under random schedules (DESIGN §7): states in any order, messages twice, loaders dying
/// between any two requests. `OHRA_MODEL_RUNS` sets how many, `OHRA_MODEL_SEED` where to begin.
@Suite struct ReplacementModelTests {
    @Test(.timeLimit(.minutes(60))) func everyScheduleEndsWithTheNewestStateOnlyAndNeverShowsAGap() async {
        let environment = ProcessInfo.processInfo.environment
        let runs = environment["OHRA_MODEL_RUNS"].flatMap { UInt64($0) } ?? 1000
        let first = environment["OHRA_MODEL_SEED"].flatMap { UInt64($0) } ?? 1
        var faults: [String] = []
        for seed in first..<(first + runs) {
            let model = ReplacementModel(seed: seed)
            await model.run()
            if let fault = model.fault { faults.append("seed \(seed): \(fault)") }
        }
        #expect(faults.isEmpty, "\(faults.count) of \(runs) schedules went wrong: \(faults.prefix(5))")
    }
}
