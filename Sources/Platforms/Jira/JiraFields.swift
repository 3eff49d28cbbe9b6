import Shared

/// The fields that are read of an issue.
struct JiraFields: Sendable {
    /// A configured field. Several fields of a site may share a name; an issue fills one of them.
    struct Custom: Sendable {
        let name: String
        let ids: [String]
    }

    private static let system = [
        "summary", "description", "issuetype", "status", "priority", "project", "reporter", "creator", "assignee",
        "labels", "components", "fixVersions", "created", "updated", "issuelinks", "comment", "parent", "resolution",
        "attachment", "security",
    ]

    let sprint: [String]
    /// Data Center's link to the epic; Cloud keeps epics in `parent`.
    let epicLink: [String]
    let custom: [Custom]

    /// What a search has to ask for: unless named, it gives ids only.
    var requested: [String] { Self.system + sprint + epicLink + custom.flatMap(\.ids) }

    /// - Parameters:
    ///   - entries: the site's listing of fields.
    ///   - configured: names or ids, in any case.
    init(entries: [JSONElement], configured: [String]) throws(SourceError) {
        func ids(ofType type: String) -> [String] {
            entries.filter { $0["schema"]?["custom"]?.string == "com.pyxis.greenhopper.jira:\(type)" }
                .compactMap { $0["id"]?.string }
        }
        sprint = ids(ofType: "gh-sprint")
        epicLink = ids(ofType: "gh-epic-link")
        var custom: [Custom] = []
        var unknown: [String] = []
        for name in configured {
            let wanted = name.lowercased()
            let found = entries.filter { entry in
                // `untranslatedName`: what a field is called in the site's own language may differ from the caller's.
                ["name", "untranslatedName", "id", "key"].contains { entry[$0]?.string?.lowercased() == wanted }
            }
            let ids = found.compactMap { $0["id"]?.string }
            if ids.isEmpty { unknown.append(name) } else { custom.append(Custom(name: name, ids: ids)) }
        }
        guard unknown.isEmpty else {
            throw SourceError(
                .rejected,
                "\(JiraSource.fieldsSetting) names what is no field of this Jira: \(unknown.joined(separator: ", "))")
        }
        self.custom = custom
    }
}
