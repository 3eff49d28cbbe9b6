import Shared

/// Who may read a page: the space and every level that is restricted, pages above it and the page itself, must admit the reader.
struct PageReaders: Sendable {
    struct Level: Sendable {
        /// The page that is restricted.
        let id: String
        let readers: Principals
    }

    /// nil when it is not known.
    var space: Principals?
    var levels: [Level] = []

    /// One text for each level and one for the space, for a version key.
    var fingerprint: [String] {
        levels.map { "\($0.id):\($0.readers.fingerprint)" } + (space.map { ["space:\($0.fingerprint)"] } ?? [])
    }

    /// - Parameter key: of the space.
    func write(to writer: inout JSONWriter, space key: String) {
        writer.object { writer in
            writer.member("space", key)
            writer.optionalMember("space_readers", space)
            writer.key("restrictions")
            writer.array { writer in
                for level in levels {
                    writer.object { writer in
                        writer.member("content_id", level.id)
                        level.readers.writeMembers(to: &writer)
                    }
                }
            }
        }
    }
}
