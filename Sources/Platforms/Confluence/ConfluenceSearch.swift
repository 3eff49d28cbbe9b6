import Shared

/// CQL searches of Confluence's API, version 1.
enum ConfluenceSearch {
    /// Pages of results. The limit is a wish: the server gives fewer when bodies are expanded.
    static func pager(_ client: AtlassianClient, cql: String, limit: Int, expand: String = "") -> CursorPager {
        CursorPager("Confluence search") { cursor throws(SourceError) in
            var query = [("cql", cql), ("limit", "\(limit)")]
            if !expand.isEmpty { query.append(("expand", expand)) }
            let answer = try await client.get("/rest/api/content/search", query, encoded: cursor)
            return CursorPager.Page(items: try results(answer), next: try cursorPair(answer))
        }
    }

    static func results(_ answer: JSONElement) throws(SourceError) -> [JSONElement] {
        guard let results = answer["results"]?.array else {
            throw SourceError(.unexpectedAnswer, "Confluence: a listing without results")
        }
        return Array(results)
    }

    static func hasNext(_ answer: JSONElement) -> Bool { answer["_links"]?["next"]?.string?.isEmpty == false }

    /// `cursor=…` out of the link to the next page, still encoded; nil on the last page.
    ///
    /// Nothing else of the link is used: it could lead the token to another host. `start=…` stands in where a server
    /// counts instead.
    static func cursorPair(_ answer: JSONElement) throws(SourceError) -> String? {
        guard let link = answer["_links"]?["next"]?.string, !link.isEmpty else { return nil }
        let query = link.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        let pairs = query.split(whereSeparator: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "#") })
        for name in ["cursor=", "start="] {
            for pair in pairs where pair.starts(with: name.utf8) && pair.count > name.utf8.count {
                guard pair.count < 8192, pair.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
                else { break }
                return String(decoding: pair, as: UTF8.self)
            }
        }
        throw SourceError(.unexpectedAnswer, "Confluence: a next page without a usable cursor")
    }

    /// The id of a page, blog post or comment: digits only.
    static func numericID(_ item: JSONElement) throws(SourceError) -> String {
        let id = item["id"]?.string ?? item["id"]?.int.map(String.init) ?? ""
        guard !id.isEmpty, id.utf8.count <= 20, id.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else {
            throw SourceError(.unexpectedAnswer, "Confluence: content without a numeric id")
        }
        return id
    }

    /// A text as a CQL or JQL string.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}
