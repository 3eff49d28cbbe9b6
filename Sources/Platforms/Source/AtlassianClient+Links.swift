import Shared

extension AtlassianClient {
    /// The query pair that continues a listing (`cursor=…`) out of a link in an answer, still encoded.
    ///
    /// Nothing else of a link is ever used, so it cannot lead the token anywhere. One that points to another site is refused
    /// all the same: what it continues is not this listing.
    ///
    /// - Parameter names: names of the pair with their `=`, the preferred one first.
    func pair(of link: String, _ names: [String]) throws(SourceError) -> String {
        if let host = Self.host(of: link), host != settings.url.host, host != Self.host(of: settings.browserBase) {
            throw SourceError(
                .unexpectedAnswer,
                "\(settings.productName) at \(settings.url.host) continues a listing at another host (\(settings.redacted(host, 100))), which is not followed"
            )
        }
        let query = link.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        let pairs = query.split(whereSeparator: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "#") })
        for name in names {
            for pair in pairs where pair.starts(with: name.utf8) && pair.count > name.utf8.count {
                guard pair.count < 8192, pair.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
                else { break }
                return String(decoding: pair, as: UTF8.self)
            }
        }
        throw SourceError(
            .unexpectedAnswer, "\(settings.productName) at \(settings.url.host): a next page without a usable cursor")
    }

    /// The host of an absolute link or one without a scheme (`//host/…`); nil for a path.
    private static func host(of link: String) -> String? {
        let address = (link.hasPrefix("//") ? "https:" + link : link).prefix { $0 != "?" && $0 != "#" }
        guard let scheme = address.firstRange(of: "://"), !address[..<scheme.lowerBound].contains("/") else {
            return nil
        }
        return (try? ServiceURL(String(address), schemes: ["https", "http"]))?.host ?? "an unreadable address"
    }
}
