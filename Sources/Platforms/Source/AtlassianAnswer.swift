import Shared

/// Judges one answer of Confluence or Jira.
struct AtlassianAnswer {
    private let settings: AtlassianSettings
    private let answer: HTTPResponse
    private var names: AtlassianSettings.Names { .init(product: settings.product) }
    /// What every message starts with: which product at which host.
    private var site: String { "\(settings.productName) at \(settings.url.host)" }

    init(_ settings: AtlassianSettings, _ answer: HTTPResponse) {
        self.settings = settings
        self.answer = answer
    }

    /// The JSON of a good answer.
    func json() throws(AttemptFailure) -> JSONElement {
        // Refused credentials may be answered with 200 and an empty list; this header is then the only sign.
        if let reason = answer[header: "x-seraph-loginreason"], reason.contains("FAILED") || reason.contains("DENIED") {
            throw unauthorized("refused the login (\(settings.redacted(reason, 60)))")
        }
        // Data Center names the caller on each answer.
        if answer[header: "x-ausername"] == "anonymous" {
            throw unauthorized("answered as to an anonymous visitor, who may see nothing")
        }
        guard answer.isSuccess else { throw failure }
        guard answer[header: "content-type"]?.lowercased().contains("json") == true else {
            throw AttemptFailure(
                error: SourceError(
                    .unexpectedAnswer,
                    "\(site) answered with a web page in place of JSON, usually a login page; check \(names.url) (context path,"
                        + " proxy or single sign-on in between) and \(names.token)"))
        }
        do throws(JSONError) {
            return try JSONElement(parsing: answer.body, maximumDepth: 1024)
        } catch {
            // Cut off on the way more often than wrong at the source: another attempt is worth it.
            var failure = SourceError(.unexpectedAnswer, "\(site) sent JSON that cannot be read: \(error.reason)")
            failure.mayBeTooHeavy = true
            throw AttemptFailure(error: failure, advice: .retry())
        }
    }

    private var failure: AttemptFailure {
        switch answer.status {
        case 300..<400: redirect
        // The gateway's words for a token that is good but not for this part of the API.
        case 401 where messages.contains("scope does not match"):
            notPermitted("does not permit this (401): the token lacks a scope")
        case 401: unauthorized("refused the login (401)")
        case 403: forbidden
        case 404: notFound("knows nothing at this address (404), or the account may not see it; check \(names.url)")
        case 410:
            rejected(
                "has removed this part of its API (410); check \(names.edition), or use a newer version of this program"
            )
        // Data Center, past `jira.search.platform.max.result.window`: another attempt would be refused, too.
        case 500 where messages.hasPrefix("Search limit exceeded"): rejected("refused the search (500)")
        case 408, 500, 502, 504: AttemptFailure(error: tooHeavy, advice: .retry())
        case 413: AttemptFailure(error: tooHeavy)
        case 429, 503: AttemptFailure(error: unavailable, advice: .retry(after: wait))
        case 425, 500...: AttemptFailure(error: unavailable, advice: .retry())
        default: rejected("refused the request (\(answer.status))")
        }
    }

    /// nil when the computed wait is to be used: also for 0, which some servers send with every answer.
    private var wait: Duration? {
        answer.retryAfter.flatMap { $0 < .milliseconds(500) ? nil : $0 }
    }

    private var unavailable: SourceError {
        let asked = wait.map { "; it asks to wait \($0.components.seconds) s" } ?? ""
        let why = answer.status == 429 ? "is limiting requests (429)" : "is not available (\(answer.status))"
        return SourceError(.unavailable, "\(site) \(why) after several tries\(asked)")
    }

    private var tooHeavy: SourceError {
        var error = unavailable
        error.mayBeTooHeavy = true
        return error
    }

    private var redirect: AttemptFailure {
        let target = answer[header: "location"] ?? ""
        let host = (try? ServiceURL(target.prefix { $0 != "?" && $0 != "#" }.description, schemes: ["https", "http"]))?
            .host
        let place = host.map { " to \(settings.redacted($0, 100))" } ?? ""
        if target.lowercased().contains("login") || host == "id.atlassian.com" {
            return unauthorized("sent us\(place) to log in (\(answer.status))")
        }
        return AttemptFailure(
            error: SourceError(
                .unexpectedAnswer,
                "\(site) redirects\(place) (\(answer.status)), which is not followed; set \(names.url) to the final address"
            ))
    }

    private var forbidden: AttemptFailure {
        if answer[header: "x-authentication-denied-reason"]?.contains("CAPTCHA") == true {
            return unauthorized("wants a CAPTCHA after failed logins (403); log in once in a browser to clear it")
        }
        return notPermitted("does not permit this (403); the account needs the product and read permission")
    }

    private func notPermitted(_ text: String) -> AttemptFailure {
        var failure = unauthorized(text)
        failure.error.isForbidden = true
        return failure
    }

    private func unauthorized(_ text: String) -> AttemptFailure {
        let who =
            settings.email == nil
            ? "\(names.token); an API token of Atlassian Cloud also needs \(names.email)"
            : "\(names.email) and \(names.token)"
        // Scoped tokens are refused at the site itself with the same 401 as wrong ones.
        let gateway =
            settings.url.host.hasSuffix(".atlassian.net")
            ? "; a token with scopes needs \(names.url) https://\(AtlassianSettings.gateway)/ex/\(settings.product.lowercased())/<cloud id>"
            : ""
        return AttemptFailure(error: SourceError(.unauthorized, "\(site) \(text); check \(who)\(gateway)"))
    }

    private func rejected(_ text: String) -> AttemptFailure {
        let reasons = messages
        return AttemptFailure(
            error: SourceError(
                .rejected, "\(site) \(text)" + (reasons.isEmpty ? "" : ": \(settings.redacted(reasons, 200))")))
    }

    private func notFound(_ text: String) -> AttemptFailure {
        var failure = rejected(text)
        failure.isNotFound = true
        return failure
    }

    /// The API's own words: `errorMessages` and `errors` of Jira, `message` of Confluence.
    private var messages: String {
        guard answer[header: "content-type"]?.lowercased().contains("json") == true,
            let body = try? JSONElement(parsing: answer.body)
        else { return "" }
        var parts: [String] = []
        if let list = body["errorMessages"]?.array { parts += list.prefix(5).compactMap(\.string) }
        if let members = body["errors"]?.object { parts += members.prefix(5).compactMap { $0.value.string } }
        if let message = body["message"]?.string { parts.append(message) }
        return parts.joined(separator: "; ")
    }
}

extension String {
    /// On one line, without control characters, at most `limit` characters: fit for messages and logs.
    func shortened(_ limit: Int) -> String {
        let text = TextCleaner.clean(String(unicodeScalars.prefix(limit * 4))).onOneLine
        return text.count > limit ? text.prefix(limit) + "…" : text
    }
}
