/// How often a message is tried and how long it waits in between.
public struct RetrySchedule: Sendable {
    /// Attempts in all, the first included; after the last one the message goes to the dead letters.
    public var maximumAttempts: Int

    public init(maximumAttempts: Int = 8) { self.maximumAttempts = maximumAttempts }

    /// The delay before the next attempt, nil when `attempt` was the last one.
    public func delay(after attempt: Int) -> Topology.RetryDelay? {
        guard attempt < maximumAttempts else { return nil }
        return switch attempt {
        case ...2: .thirtySeconds
        case 3...5: .fiveMinutes
        default: .oneHour
        }
    }
}
