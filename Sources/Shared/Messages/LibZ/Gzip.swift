import CZlib

/// Reads gzip (RFC 1952): one member or several in a row, each with its checksum and length checked.
enum Gzip {
    /// Bytes that one step unpacks.
    private static let step = 1 << 16

    /// - Parameter limit: of unpacked bytes; memory stays below it and a step, whatever the body claims.
    /// - Throws: `bodyTooLarge` past the limit, `undecodable` for anything that is not whole and right to the last byte.
    static func unpacked(_ packed: [UInt8], limit: Int) throws(MessageError) -> [UInt8] {
        // A fixed address: zlib keeps a pointer back to the stream.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        stream.initialize(to: z_stream())
        // 15 for the largest window, 16 for gzip and nothing else (zlib.h, inflateInit2).
        let opened = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard opened == Z_OK else { throw MessageError(.undecodable, "gzip: zlib cannot begin (\(opened))") }
        defer { inflateEnd(stream) }
        // Never written to: zlib only lacks the `const`.
        let result = packed.withUnsafeBufferPointer { input -> Result<[UInt8], MessageError> in
            guard let start = input.baseAddress else { return .failure(MessageError(.undecodable, "gzip: no bytes")) }
            stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
            stream.pointee.avail_in = UInt32(clamping: input.count)
            return Result { () throws(MessageError) in try inflateAll(stream, limit) }
        }
        return try result.get()
    }

    private static func inflateAll(
        _ stream: UnsafeMutablePointer<z_stream>, _ limit: Int
    ) throws(MessageError) -> [UInt8] {
        var unpacked: [UInt8] = []
        while true {
            var status = Z_OK
            unpacked += [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(buffer.count)
                status = inflate(stream, Z_NO_FLUSH)
                count = buffer.count - Int(stream.pointee.avail_out)
            }
            guard unpacked.count <= limit else {
                throw MessageError(.bodyTooLarge, "gzip: more than \(limit) bytes when unpacked")
            }
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                guard stream.pointee.avail_in > 0 else { return unpacked }
                inflateReset(stream)
            case Z_BUF_ERROR: throw MessageError(.undecodable, "gzip: the body ends too early")
            default:
                // Constant texts of zlib, such as "incorrect data check".
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)"
                throw MessageError(.undecodable, "gzip: \(reason)")
            }
        }
    }
}
