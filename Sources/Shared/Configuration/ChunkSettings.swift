/// How documents are cut into chunks.
///
/// | setting | type | default | range |
/// | --- | --- | --- | --- |
/// | `OHRA_CHUNK_STRATEGY` | `recursive`, `markdown` | `recursive` | |
/// | `OHRA_CHUNK_SIZE` | Unicode scalars | 1500 | 1…100000 |
/// | `OHRA_CHUNK_OVERLAP` | Unicode scalars | 300, or a fifth of a smaller size | 0…size − 1 |
public struct ChunkSettings: Sendable, Equatable {
    /// The ways of cutting; the raw value is the setting's text and part of the pipeline's fingerprint.
    public enum Strategy: String, Sendable, CaseIterable {
        /// Character for character what LangChain's `RecursiveCharacterTextSplitter` cuts.
        case recursive
        /// At headings, then between blocks, then between sentences; every chunk knows its headings.
        case markdown
    }

    public static let sizes = 1...100_000

    public var strategy: Strategy
    /// Largest chunk, in Unicode scalars (what Python's `len` counts).
    public private(set) var sizeInScalars: Int
    /// How much of a chunk's end the next one repeats at most, in Unicode scalars; below the size.
    public private(set) var overlapInScalars: Int

    /// The defaults: 1500 scalars, 300 of them repeated.
    public init() {
        strategy = .recursive
        sizeInScalars = 1500
        overlapInScalars = 300
    }

    /// - Throws: ``SettingsError`` when the size is not within ``sizes`` or the overlap not within 0…size − 1.
    public init(strategy: Strategy = .recursive, sizeInScalars: Int, overlapInScalars: Int) throws(SettingsError) {
        guard Self.sizes.contains(sizeInScalars) else {
            throw SettingsError(["the chunk size must be from \(Self.sizes.lowerBound) to \(Self.sizes.upperBound)"])
        }
        guard (0..<sizeInScalars).contains(overlapInScalars) else {
            throw SettingsError(["the chunk overlap must be from 0 to \(sizeInScalars - 1)"])
        }
        self.strategy = strategy
        self.sizeInScalars = sizeInScalars
        self.overlapInScalars = overlapInScalars
    }

    /// Reads the three settings of the table above; faults go to the reader.
    public init(_ reader: inout SettingsReader) {
        self.init()
        strategy = reader.choice("OHRA_CHUNK_STRATEGY", default: .recursive)
        sizeInScalars = reader.integer("OHRA_CHUNK_SIZE", default: sizeInScalars, in: Self.sizes)
        // A size alone below 301 must not be a fault about an overlap nobody set.
        let fallback = min(overlapInScalars, sizeInScalars / 5)
        overlapInScalars = reader.integer("OHRA_CHUNK_OVERLAP", default: fallback, in: 0...Self.sizes.upperBound - 1)
        if overlapInScalars >= sizeInScalars {
            reader.fault("OHRA_CHUNK_OVERLAP", "must be smaller than OHRA_CHUNK_SIZE (\(sizeInScalars))")
            overlapInScalars = fallback
        }
    }
}
