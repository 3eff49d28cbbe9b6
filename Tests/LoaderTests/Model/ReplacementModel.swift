import Logging
import Shared
import TestSupport

@testable import Loader

/// One random schedule, played by one to three loaders of the real code that die and come back, lose answers and keep
/// working after their delivery was taken away, over a store to which writes may come late or in part. Requests are the only
/// atomic steps; which loader makes the next one is chosen at random.
final class ReplacementModel: @unchecked Sendable {
    // `@unchecked`: loaders touch what follows only between being given a turn and asking for the next; ``TurnTaker`` is an
    // actor and gives one turn at a time, so one task touches it at a time and sees what the one before wrote. The test
    // reads the result after all loaders have ended.
    private struct Waiting {
        let message: VectorsMessage
        var isRedelivered = false
        /// The step at which it leaves the retry queue.
        var arrives = 0
    }

    private struct LateWrite {
        let lands: Int
        let call: SimulatedQdrant.Call
    }

    /// Steps that a clean-up waits: within them every late write lands, and a loader whose delivery was taken away is done.
    private static let cleanUpDelay = 75
    private static let longestDelay = 35
    private static let longestAfterlife = 35

    let mutation: Mutation?
    let schedule: ModelSchedule
    private let loaders: Int
    private let turns: TurnTaker
    private let store = SimulatedQdrant()
    private var random: SeededGenerator
    private var queue: [Waiting]
    private var replays: Int
    private var lateWrites: [LateWrite] = []
    private(set) var step = 0
    /// What went wrong on the way, first of all.
    private var violation: String?

    init(seed: UInt64, mutation: Mutation? = nil) {
        var random = SeededGenerator(state: seed)
        self.mutation = mutation
        schedule = ModelSchedule(using: &random)
        loaders = Int.random(in: 1...3, using: &random)
        replays = Int.random(in: 0...2, using: &random)
        queue = schedule.messages.map { Waiting(message: $0) }
        turns = TurnTaker(seed: seed &* 31, tasks: loaders)
        self.random = random
    }

    /// Plays the schedule to its end and says what went wrong; nil when every document is loaded in its newest state only,
    /// or gone, and was never seen with a gap.
    func fault() async -> String? {
        await withDiscardingTaskGroup { group in
            for loader in 0..<loaders { group.addTask { await self.work(ModelLoader(model: self, number: loader)) } }
        }
        step = .max
        landLateWrites()
        return violation ?? ModelJudge(store: store, schedule: schedule).faultAtTheEnd()
    }

    /// Waits for `loader`'s turn; time goes on by one step.
    func turn(_ loader: Int) async {
        await turns.turn(loader)
        step += 1
        landLateWrites()
    }

    private func work(_ loader: ModelLoader) async {
        while !queue.isEmpty || replays > 0 {
            await turn(loader.number)
            guard let group = takeGroup() else { continue }
            // The broker may take a delivery away from a loader that goes on working on it.
            let again = group.map { Waiting(message: $0.message, isRedelivered: true) }
            loader.diesAt = chance(of: 12) ? step + Self.longestAfterlife : nil
            if loader.diesAt != nil { queue += again }
            let end = await loader.load(
                group.map { LoadItem(message: $0.message, run: "r") },
                isRedelivered: group.contains { $0.isRedelivered })
            switch end {
            case .loaded(let needsCleanUp):
                guard needsCleanUp, mutation != .ignoresLateWrites else { continue }
                queue += group.map {
                    Waiting(message: $0.message.withoutVectors, arrives: step + Self.cleanUpDelay)
                }
            case .died:
                // The broker delivers again what was not taken away before.
                if loader.diesAt == nil { queue += again }
            }
        }
        await turns.leave()
    }

    /// Up to four messages of one pipeline; nil when none is there at this moment.
    private func takeGroup() -> [Waiting]? {
        if queue.isEmpty, replays > 0 {
            replays -= 1
            queue = schedule.messages.filter { _ in chance(of: 2) }.map { Waiting(message: $0) }
        }
        guard let first = queue.indices.filter({ queue[$0].arrives <= step }).randomElement(using: &random) else {
            return nil
        }
        var group = [queue.remove(at: first)]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let next = queue.firstIndex {
                $0.arrives <= step && $0.message.fingerprint == group[0].message.fingerprint
            }
            guard let next else { break }
            group.append(queue.remove(at: next))
        }
        return group
    }

    // MARK: Requests

    private func chance(of number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }

    /// One request of a loader: applied and answered, or one of the things that go wrong.
    func send(_ request: HTTPRequest, _ loader: ModelLoader) async throws(HTTPError) -> HTTPResponse {
        await turn(loader.number)
        if let end = loader.diesAt, step > end { throw .death }
        do {
            let call = try SimulatedQdrant.Call(request)
            // Writes go wrong more often than reads, as what a write leaves behind is what matters.
            switch Int.random(in: 0..<(call.isWrite ? 25 : 60), using: &random) {
            case 0: throw HTTPError.death
            case 1: throw HTTPError.lostAnswer
            case 2 where call.isWrite:
                _ = try apply(call, loader)
                throw chance(of: 2) ? HTTPError.death : .lostAnswer
            case 3 where call.isWrite, 4 where call.isWrite:
                delay(call)
                throw chance(of: 2) ? HTTPError.death : .lostAnswer
            case 5 where call.isUpsert:
                store.applyPart(of: call, count: Int.random(in: 0...call.points.count, using: &random))
                throw chance(of: 2) ? HTTPError.death : .lostAnswer
            default: return try apply(call, loader)
            }
        } catch let error as HTTPError {
            throw error
        } catch {
            violation = violation ?? "\(request.method) \(request.url) cannot be read: \(error)"
            throw .death
        }
    }

    private func apply(_ call: SimulatedQdrant.Call, _ loader: ModelLoader) throws -> HTTPResponse {
        let answer = try loader.requests.apply(call, to: store)
        if answer.status != 200 { violation = violation ?? "\(call.method) \(call.action) is not simulated" }
        if call.isWrite { look() }
        return answer
    }

    private func delay(_ call: SimulatedQdrant.Call) {
        lateWrites.append(
            LateWrite(lands: step + Int.random(in: 1...Self.longestDelay, using: &random), call: call))
    }

    private func landLateWrites() {
        for write in lateWrites where write.lands <= step {
            do { _ = try store.apply(write.call) } catch { violation = violation ?? "\(error)" }
            look()
        }
        lateWrites.removeAll { $0.lands <= step }
    }

    private func look() { violation = violation ?? ModelJudge(store: store, schedule: schedule).gap() }
}

extension HTTPError {
    fileprivate static let death = HTTPError(.cancelled, endpoint: "model", message: "the loader dies")
    fileprivate static let lostAnswer = HTTPError(.interrupted, endpoint: "model", message: "no answer")
}
