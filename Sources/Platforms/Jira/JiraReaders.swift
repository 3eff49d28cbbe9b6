import Shared

/// Finds out who may browse projects and who belongs to security levels, once for each in one walk.
///
/// Projects tell it to their administrators, levels to Jira's administrators and on Cloud only. To everybody else the answer is
/// 403 or 404, and the readers are unknown.
/// APIs: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ "Project permission schemes", "Issue security schemes"
actor JiraReaders {
    private let api: JiraAPI
    private let lookUps = PrincipalLookUps()

    init(api: JiraAPI) { self.api = api }

    /// The access to each issue in turn. Nothing is asked for those that do not tell whether they have a security level.
    func access(to issues: [JSONElement]) async throws(SourceError) -> [JiraAccess] {
        var found: [JiraAccess] = []
        for issue in issues {
            var access = JiraAccess()
            if let security = issue["fields"]?["security"], let key = issue["fields"]?["project"]?["key"]?.string {
                access.project = try await project(key)
                if let level = security["id"]?.string ?? security["id"]?.int.map(String.init) {
                    access.level = try await self.level(level, in: key)
                }
            }
            found.append(access)
        }
        return found
    }

    private func project(_ key: String) async throws(SourceError) -> Principals? {
        let path = try await api.root() + "/project/\(key.percentEncoded)/permissionscheme"
        return try await lookUps.principals(of: path) { () async throws(SourceError) -> Principals? in
            // Cloud names people by account id; Data Center by a key, and by name only when asked for.
            let scheme = try await api.client.get(
                path, [("expand", try await api.edition() == .cloud ? "permissions" : "permissions,user")])
            guard let grants = scheme["permissions"]?.array else { return nil }
            return try await principals(
                grants.filter { $0["permission"]?.string == "BROWSE_PROJECTS" }.map { $0["holder"] }, in: key)
        }
    }

    /// A role means other people in each project.
    private func level(_ id: String, in key: String) async throws(SourceError) -> Principals? {
        guard try await api.edition() == .cloud else { return nil }
        let client = api.client
        return try await lookUps.principals(of: "level \(id) \(key)") { () async throws(SourceError) -> Principals? in
            let members = try await CursorPager.byOffset("Jira security level", size: 100) {
                start, limit throws(SourceError) in
                let answer = try await client.getPage(
                    "/rest/api/3/issuesecurityschemes/level/member",
                    [("levelId", id), ("startAt", "\(start)"), ("maxResults", "\(limit)")], size: limit)
                guard let values = answer["values"]?.array, let isLast = answer["isLast"]?.bool else {
                    throw SourceError(.unexpectedAnswer, "Jira: a listing of security-level members without values")
                }
                return (Array(values), !isLast)
            }
            return try await principals(members.map { $0["holder"] }, in: key)
        }
    }

    /// - Returns: nil when a holder is not told well enough, or the list is empty or too long.
    private func principals(_ holders: [JSONElement?], in key: String) async throws(SourceError) -> Principals? {
        var found = Principals()
        for holder in holders {
            guard let type = holder?["type"]?.string else { return nil }
            let name = holder?["parameter"]?.string
            // Cloud's own ids where there are some: names may change.
            let id = holder?["value"]?.string ?? name
            switch type {
            case "user":
                guard let user = holder?["user"]?["name"]?.string ?? id else { return nil }
                found.insert(user: user)
            case "group":
                guard let id else { return nil }
                found.insert(group: id)
            case "projectRole":
                guard let id else { return nil }
                found.formUnion(try await role(id, in: key))
            default: found.insert(other: type, id)
            }
        }
        return found.asReaders
    }

    /// Who acts in a role of a project; the role itself where the project does not tell.
    private func role(_ id: String, in key: String) async throws(SourceError) -> Principals {
        let path =
            try await api.root() + "/project/\(key.percentEncoded)/role/\(id.percentEncoded)"
        let told = try await lookUps.principals(of: path) { () async throws(SourceError) -> Principals? in
            Self.actors(try await api.client.get(path))
        }
        if let told { return told }
        var itself = Principals()
        itself.insert(other: "projectRole", id)
        return itself
    }

    private static func actors(_ role: JSONElement) -> Principals? {
        guard let actors = role["actors"]?.array else { return nil }
        var found = Principals()
        for actor in actors {
            let name = actor["name"]?.string
            switch actor["type"]?.string {
            case "atlassian-user-role-actor":
                guard let user = actor["actorUser"]?["accountId"]?.string ?? name else { return nil }
                found.insert(user: user)
            case "atlassian-group-role-actor":
                let group = actor["actorGroup"]
                guard let id = group?["groupId"]?.string ?? group?["name"]?.string ?? name else { return nil }
                found.insert(group: id)
            default: return nil
            }
        }
        return found
    }
}
