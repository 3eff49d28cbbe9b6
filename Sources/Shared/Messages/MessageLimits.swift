/// Limits of the wire format (DESIGN §4).
public enum MessageLimits {
    /// Documents in one message, the last of a run excepted.
    public static let documentsPerMessage = 10
    /// Bytes of a documents body; a batch is closed before it would pass this.
    public static let bytesPerMessage = 1 << 20
    /// Bytes of a documents body with a single document; a larger one cannot be carried.
    public static let bytesPerDocument = 8 << 20
    /// Bytes of a compressed body once it is unpacked: what RabbitMQ 4 takes as a plain one.
    public static let unpackedBytes = 16 << 20
    /// Vectors in one message, the last of a documents message excepted.
    public static let vectorsPerMessage = 5
    /// Numbers in JSON and in Qdrant's filters are doubles: integers are exact below 2^53 only.
    public static let largestInteger = (1 << 53) - 1
}
