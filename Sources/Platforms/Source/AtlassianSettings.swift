import FoundationEssentials
import Shared

/// What Confluence and Jira need to be reached; read by names that start with `OHRA_<SOURCE>_`.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `…_URL` | http(s) URL, with or without `/wiki`, context path kept; `https://api.atlassian.com/ex/<product>/<cloud id>` for scoped and OAuth tokens | none: the source is not configured | |
/// | `…_EMAIL` | account for Basic authentication: an e-mail on Cloud, a user name on Data Center | none: the token is sent as Bearer | |
/// | `…_TOKEN` | API token, personal access token, OAuth token or password, or `…_TOKEN_FILE` | required with the URL | yes |
/// | `…_EDITION` | `auto`, `cloud`, `datacenter` | `auto`: the site is asked | |
/// | `…_INSTANCE` | letters, digits, `.`, `_`, `-` | host in lower case, a port appended as `_8080` | |
struct AtlassianSettings: Sendable {
    /// `CONFLUENCE` or `JIRA`; names the settings in errors.
    let product: String
    let url: ServiceURL
    let email: String?
    let token: Secret
    let edition: AtlassianEdition
    let instance: String

    init(
        product: String, url: ServiceURL, email: String?, token: Secret, edition: AtlassianEdition = .auto,
        instance: String? = nil
    ) {
        self.product = product
        self.url = url
        self.email = email
        self.token = token
        self.edition = edition
        self.instance = instance ?? Self.instance(of: url)
    }

    /// nil when the URL is not set or a setting is faulty; faults are noted in the reader.
    init?(product: String, from settings: inout SettingsReader) {
        let names = Names(product: product)
        let edition = settings.choice(names.edition, default: AtlassianEdition.auto)
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
        if url.host == Self.gateway {
            let form = "/ex/\(product.lowercased())/"
            guard url.path.hasPrefix(form), url.path.dropFirst(form.count).contains(where: { $0 != "/" }) else {
                settings.fault(
                    names.url,
                    "must be https://\(Self.gateway)\(form)<cloud id>; https://<your site>/_edge/tenant_info tells the id"
                )
                return nil
            }
            guard instance != nil else {
                settings.fault(
                    names.instance, "must name the site (like example.atlassian.net) when the URL is \(Self.gateway)")
                return nil
            }
        }
        self.init(
            product: product, url: url, email: settings.optionalString(names.email)?.trimmed, token: token,
            edition: edition, instance: instance?.lowercased())
    }

    /// `Confluence` or `Jira`.
    var productName: String { product.prefix(1) + product.dropFirst().lowercased() }

    /// The address that scoped and OAuth tokens go to; many sites share it.
    static let gateway = "api.atlassian.com"

    /// The address people open in a browser: the site itself where the API is behind the gateway.
    var browserBase: String {
        url.host == Self.gateway && instance.contains(".") ? "https://\(instance)" : url.description
    }

    /// The value of the `Authorization` header.
    var authorization: Secret {
        guard let email else { return Secret("Bearer " + token.reveal()) }
        return Secret("Basic " + Data("\(email):\(token.reveal())".utf8).base64EncodedString())
    }

    /// Words of the server as they may stand in messages and logs: short, on one line, without what it may have echoed of the
    /// credentials.
    func redacted(_ words: String, _ limit: Int) -> String {
        var text = words
        let header = authorization.reveal()
        for secret in [header.drop { $0 != " " }.dropFirst(), token.reveal()[...]] where !secret.isEmpty {
            text = text.replacing(secret, with: "***")
        }
        return text.shortened(limit)
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
        var edition: String { "OHRA_\(product)_EDITION" }
        var instance: String { "OHRA_\(product)_INSTANCE" }
    }
}
