package import FoundationEssentials
package import Shared

/// A platform that documents are read from. A new platform is one file with a type of this protocol and one line in
/// ``SourceRegistry``; nothing in Transformer or Loader knows any platform.
package protocol DocumentSource: Sendable {
    /// The word used in commands, settings, document ids and `source_type`; lower-case letters.
    static var name: String { get }

    /// The setting that configures the source when it is set, named when nothing is configured.
    static var mainSetting: String { get }

    /// How many scopes one pass over ``documents(in:since:)`` may join into one query.
    static var scopesPerQuery: Int { get }

    /// Reads the source's own settings. nil when the source is not configured; faults are noted in the reader.
    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> Self?

    /// The site that ids are unique in; the middle part of every document id.
    var instance: String { get }

    /// Proves that the credentials are accepted and by whom.
    func verify() async throws(SourceError)

    /// The spaces, projects or folders to read, as configured or as visible.
    func scopes() async throws(SourceError) -> [String]

    /// Documents of `scopes` that changed since a moment, a page at a time; the next page is read when it is asked for.
    ///
    /// A document may come twice; one that fails to convert ends the stream, as does any page that cannot be read.
    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error>

    /// Ids of every document that exists in one scope, for the census: complete or an error, never shorter.
    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error>

    /// The version keys that documents of one scope would be loaded with now, by id, as far as the source can tell them without
    /// reading each document: they show what changed without a trace in ``documents(in:since:)``. Nothing by default.
    func versionKeys(in scope: String) -> AsyncThrowingStream<[String: String], any Error>

    /// Documents by id, read once more; those that are gone are left out. For ids that ``versionKeys(in:)`` told.
    func documents(ids: [String]) async throws(SourceError) -> [Document]
}

extension DocumentSource {
    package func versionKeys(in scope: String) -> AsyncThrowingStream<[String: String], any Error> {
        AsyncThrowingStream { $0.finish() }
    }

    package func documents(ids: [String]) async throws(SourceError) -> [Document] { [] }
}
