import CCurl

/// An absolute URL as libcurl's parser understands it; user info and control characters are refused.
struct CurlURL {
    let text: String
    let scheme: String
    let host: String
    /// The scheme's own port when the URL names none.
    let port: String

    /// - Parameter base: an absolute URL that a relative `text` is resolved against.
    init?(_ text: String, base: String? = nil) {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        // A NUL would hide the rest of the text from C.
        let isClean = ([base, text] as [String?]).allSatisfy { !($0 ?? "").utf8.contains { $0 < 0x20 || $0 == 0x7F } }
        let flags = UInt32(CURLU_DISALLOW_USER)
        guard isClean, base.map({ curl_url_set(handle, CURLUPART_URL, $0, flags) == CURLUE_OK }) ?? true,
            curl_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK,
            let url = Self.part(handle, CURLUPART_URL), let scheme = Self.part(handle, CURLUPART_SCHEME),
            let host = Self.part(handle, CURLUPART_HOST), !host.isEmpty,
            let port = Self.part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT))
        else { return nil }
        self.text = url
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        self.port = port
    }

    var isHTTP: Bool { scheme == "http" || scheme == "https" }

    var endpoint: String { "\(host):\(port)" }

    private static func part(_ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

/// Judges links that a peer sent, such as the next page of a listing.
public enum HTTPLink {
    /// The absolute form of `link`, resolved against `base`; nil unless scheme, host and port are those of `base`.
    ///
    /// A peer's link is untrusted: following it elsewhere would hand our credentials to another host.
    public static func resolve(_ link: String, against base: String) -> String? {
        guard let origin = CurlURL(base), origin.isHTTP, let url = CurlURL(link, base: base),
            url.scheme == origin.scheme, url.host == origin.host, url.port == origin.port
        else { return nil }
        return url.text
    }
}
