/// The platforms this extractor reads, one line each. This is the only place that lists them.
package enum SourceRegistry {
    package static let types: [any DocumentSource.Type] = [
        ConfluenceSource.self,
        JiraSource.self,
        FilesSource.self,
    ]
}
