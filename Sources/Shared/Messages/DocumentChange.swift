/// A document as it travels: the document itself, the epoch the extractor gave it, and whether it is gone.
public struct DocumentChange: Sendable, Equatable {
    public var document: Document
    /// Breaks ties of equal revision (DESIGN §7). Set once by the extractor; replay keeps it.
    public var epoch: Int
    /// A tombstone: the source no longer has the document; its content is empty.
    public var isDeleted: Bool

    public init(document: Document, epoch: Int, isDeleted: Bool = false) {
        self.document = document
        self.epoch = epoch
        self.isDeleted = isDeleted
    }

    /// What decides which of two states of the document is newer.
    public var version: DocumentVersion { DocumentVersion(revision: document.revision, epoch: epoch) }
}

/// Orders the states of one document: first by the source's revision, then by the extractor's epoch.
public struct DocumentVersion: Sendable, Hashable, Comparable {
    public let revision: Int
    public let epoch: Int

    public init(revision: Int, epoch: Int) {
        self.revision = revision
        self.epoch = epoch
    }

    public static func < (left: DocumentVersion, right: DocumentVersion) -> Bool {
        (left.revision, left.epoch) < (right.revision, right.epoch)
    }
}
