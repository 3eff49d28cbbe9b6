import Shared

/// What Confluence and Jira need to be reached; read by names that start with `OHRA_<SOURCE>_`.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `…_URL` | http(s) URL, with or without `/wiki`, context path kept | none: the source is not configured | |
/// | `…_EMAIL` | account for Basic authentication | none: the token is sent as Bearer | |
/// | `…_TOKEN` | API token, or `…_TOKEN_FILE` | required with the URL | yes |
/// | `…_INSTANCE` | letters, digits, `.`, `_`, `-` | host in lower case, a port appended as `_8080` | |
struct AtlassianSettings: Sendable {
    /// `CONFLUENCE` or `JIRA`; names the settings in errors.
    let product: String
    let url: ServiceURL
    let email: String?
    let token: Secret
    let instance: String

    init(product: String, url: ServiceURL, email: String?, token: Secret, instance: String? = nil) {
        self.product = product
        self.url = url
        self.email = email
        self.token = token
        self.instance = instance ?? Self.instance(of: url)
    }

    /// nil when the URL is not set or a setting is faulty; faults are noted in the reader.
    init?(product: String, from settings: inout SettingsReader) {
        let names = Names(product: product)
        guard let url = settings.url(names.url) else { return nil }
        guard let token = settings.secret(names.token) else {
            settings.fault(names.token, "is missing; create an API token for \(url.host) and set it")
            return nil
        }
        let instance = settings.optionalString(names.instance)
        if let instance, !Self.isValid(instance: instance) {
            settings.fault(names.instance, "may hold letters, digits, '.', '_' and '-' only")
            return nil
        }
        if instance == nil, url.host == Self.gateway {
            settings.fault(
                names.instance, "must name the site (like example.atlassian.net) when the URL is \(Self.gateway)")
            return nil
        }
        self.init(
            product: product, url: url, email: settings.optionalString(names.email)?.trimmed, token: token,
            instance: instance?.lowercased())
    }

    /// `Confluence` or `Jira`.
    var productName: String { product.prefix(1) + product.dropFirst().lowercased() }

    /// The address that scoped tokens go to; many sites share it.
    static let gateway = "api.atlassian.com"

    /// The address people open in a browser: the site itself where the API is behind the gateway.
    var browserBase: String {
        url.host == Self.gateway && instance.contains(".") ? "https://\(instance)" : url.description
    }

    /// The middle part of document ids.
    static func instance(of url: ServiceURL) -> String {
        // An IPv6 address would add colons to an id whose parts colons separate.
        let host = String(url.host.map { $0 == ":" ? "-" : $0 })
        return url.port.map { "\(host)_\($0)" } ?? host
    }

    static func isValid(instance: String) -> Bool {
        !instance.isEmpty && instance.utf8.count <= 200
            && instance.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0)
            }
    }

    struct Names {
        let product: String
        var url: String { "OHRA_\(product)_URL" }
        var email: String { "OHRA_\(product)_EMAIL" }
        var token: String { "OHRA_\(product)_TOKEN" }
        var instance: String { "OHRA_\(product)_INSTANCE" }
    }
}
