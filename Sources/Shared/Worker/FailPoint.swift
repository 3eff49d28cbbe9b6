import Glibc
import Synchronization

/// Places at which a debug build can be told to die, hang or fail, so that tests can interrupt a program at a chosen step.
/// A release build contains none of it: ``reach(_:_:)`` is empty there and the variable is not read.
///
/// `OHRA_FAILPOINT=<step>:<action>[:<when>]`
///
/// | step | program | reached |
/// | --- | --- | --- |
/// | `fetch` | extractor | after a page came from the source |
/// | `publish` | extractor, transformer | before each message is published |
/// | `confirm` | extractor | after each message was confirmed |
/// | `record` | extractor | all is confirmed, before the run is noted in the registry |
/// | `receive` | both workers | a delivery came, before it is decoded |
/// | `chunk` | transformer | before each document is cut; its subject is the document's id |
/// | `embed` | transformer | before a message's chunks are embedded |
/// | `write` | loader | before points are written |
/// | `commit` | loader | points are written, before markers are set |
/// | `finish` | loader | markers are set, before what is older is deleted |
/// | `ack` | both workers | effects are safe, before the acknowledgement |
///
/// | action | does |
/// | --- | --- |
/// | `kill` | SIGKILL to the own process, as the kernel does when memory runs out |
/// | `hang` | waits until the task is cancelled, as a server that never answers does |
/// | `stall` | waits and ignores cancellation, as a blocking call in a library does |
///
/// `when` is the number of the visit that triggers (1 without it) or, unless it is a number, a text that the subject must
/// contain; then every such visit triggers.
public enum FailPoint {
    public enum Step: String, Sendable, CaseIterable {
        case fetch, publish, confirm, record
        case receive, chunk, embed
        case write, commit, finish, ack
    }

    /// Says that the program is at `step`; returns at once unless a test has asked for a fault here.
    ///
    /// - Parameter subject: what is being worked on; made only when somebody looks.
    public static func reach(_ step: Step, _ subject: @autoclosure () -> String = "") async {
        #if DEBUG
            if let action = order?.action(at: step, subject) { await action.perform(at: step) }
        #endif
    }

    /// For places that cannot wait: only `kill` works there.
    public static func pass(_ step: Step, _ subject: @autoclosure () -> String = "") {
        #if DEBUG
            if case .kill? = order?.action(at: step, subject) { die() }
        #endif
    }
}

#if DEBUG
    extension FailPoint {
        fileprivate static let order = getenv("OHRA_FAILPOINT").flatMap { Order(String(cString: $0)) }

        fileprivate static func die() { kill(getpid(), SIGKILL) }

        fileprivate enum Action: String {
            case kill, hang, stall

            func perform(at step: Step) async {
                // Tests wait for this line: it is the signal that the step was reached.
                StandardStreams.shared.writeErrorLine(Array("failpoint \(step.rawValue) \(rawValue)".utf8))
                switch self {
                case .kill: die()
                case .hang: try? await Task.sleep(for: .seconds(86_400))
                case .stall: await Task { try? await Task.sleep(for: .seconds(86_400)) }.value
                }
            }
        }

        /// What the variable orders.
        fileprivate final class Order: Sendable {
            private let step: Step
            private let action: Action
            private let visit: Int?
            private let subject: String
            private let visits = Atomic(0)

            init?(_ text: String) {
                let parts = text.split(separator: ":", maxSplits: 2).map { String($0) }
                guard parts.count >= 2, let step = Step(rawValue: parts[0]), let action = Action(rawValue: parts[1])
                else { return nil }
                self.step = step
                self.action = action
                let when = parts.count == 3 ? parts[2] : "1"
                visit = Int(when)
                subject = when
            }

            func action(at step: Step, _ subject: () -> String) -> Action? {
                guard step == self.step else { return nil }
                guard let visit else { return subject().contains(self.subject) ? action : nil }
                return visits.wrappingAdd(1, ordering: .relaxed).newValue == visit ? action : nil
            }
        }
    }
#endif
