/// Exit codes of all programs, after sysexits.h where it has one.
public enum ProgramExit: Int32, Sendable, CaseIterable {
    case done = 0
    /// The run is incomplete: some scope failed, nothing was pruned, the window did not advance. Also any fault without a
    /// code of its own.
    case incomplete = 1
    /// Wrong arguments (EX_USAGE).
    case usage = 64
    /// A needed server is unavailable (EX_UNAVAILABLE).
    case unavailable = 69
    /// Credentials refused (EX_NOPERM).
    case unauthorized = 77
    /// Settings are wrong (EX_CONFIG).
    case configuration = 78
}
