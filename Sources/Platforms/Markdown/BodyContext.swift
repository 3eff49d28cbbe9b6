/// What a body alone does not say.
package struct BodyContext: Sendable {
    /// The site with its context path, to make page links; nil leaves only their text.
    package var site: String?
    /// The space that links without a space key mean.
    package var spaceKey: String?
    /// Display names by account id, user key or user name.
    package var people: [String: String]

    package init(site: String? = nil, spaceKey: String? = nil, people: [String: String] = [:]) {
        self.site = site
        self.spaceKey = spaceKey
        self.people = people
    }
}
