/// Whether texts are found by their words, too.
///
/// | setting | type | default |
/// | --- | --- | --- |
/// | `OHRA_SPARSE` | `true` or `false` | `true` |
public struct SparseSettings: Sendable, Equatable {
    /// Transformers give each chunk a sparse vector, and searches use it.
    public var isOn: Bool

    public init(isOn: Bool = true) { self.isOn = isOn }

    /// Reads the setting of the table above; faults go to the reader.
    public init(_ reader: inout SettingsReader) { isOn = reader.boolean("OHRA_SPARSE", default: true) }
}
