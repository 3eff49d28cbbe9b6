/// Which of Atlassian's two products stands behind an address; their APIs differ in paths, paging and bodies.
enum AtlassianEdition: String, CaseIterable, Sendable {
    /// Ask the site: a host name proves nothing, Cloud may have a domain of its own and Data Center may lie behind a proxy.
    case auto
    case cloud
    case datacenter
}
