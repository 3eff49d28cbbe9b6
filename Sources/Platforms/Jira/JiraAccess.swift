import Shared

/// Who may read an issue, as far as Jira tells: both must admit the reader.
struct JiraAccess: Sendable {
    /// Who may browse the project; nil when it is not known.
    var project: Principals?
    /// Who belongs to the security level; nil when it is not known, or there is no level.
    var level: Principals?
}
