import Glibc

// Counting scalars in valid UTF-8: every byte but a continuation byte (10xxxxxx) starts one. Eight bytes at a time.

/// The number of scalars in a range that starts and ends on scalar boundaries.
func scalarCount(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    var position = range.lowerBound
    var count = range.count
    let raw = UnsafeRawBufferPointer(bytes)
    while position + 8 <= range.upperBound {
        count -= continuationCount(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        position += 8
    }
    while position < range.upperBound {
        if bytes[position] & 0xC0 == 0x80 { count -= 1 }
        position += 1
    }
    return count
}

/// The offset `scalars` scalars after `start`, or `limit` when there are fewer.
func offset(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, advancedBy scalars: Int, limit: Int
) -> Int {
    var position = start
    var remaining = scalars
    let raw = UnsafeRawBufferPointer(bytes)
    while remaining >= 8, position + 8 <= limit {
        remaining -= 8 - continuationCount(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        position += 8
    }
    // The step above may have stopped inside a scalar: its lead byte is counted, its rest is passed over here.
    while position < limit {
        if bytes[position] & 0xC0 != 0x80 {
            if remaining == 0 { break }
            remaining -= 1
        }
        position += 1
    }
    return position
}

/// The offset `scalars` scalars before `end`, or `limit` when there are fewer.
func offset(
    _ bytes: UnsafeBufferPointer<UInt8>, from end: Int, goneBack scalars: Int, limit: Int
) -> Int {
    var position = end
    var remaining = scalars
    let raw = UnsafeRawBufferPointer(bytes)
    while remaining > 8, position - 8 >= limit {
        position -= 8
        remaining -= 8 - continuationCount(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
    while remaining > 0, position > limit {
        position -= 1
        if bytes[position] & 0xC0 != 0x80 { remaining -= 1 }
    }
    return position
}

/// The first offset of `byte` within `start..<limit`, `limit` when there is none.
@inline(__always)
func firstOffset(_ bytes: UnsafeBufferPointer<UInt8>, of byte: UInt8, from start: Int, to limit: Int) -> Int {
    guard start < limit, let base = bytes.baseAddress,
        let found = memchr(base + start, Int32(byte), limit - start)
    else { return limit }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
}

/// How many of eight bytes are continuation bytes: top bit set, the next one clear.
@inline(__always)
private func continuationCount(_ word: UInt64) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    return Int((((word >> 7) & ~(word >> 6) & ones) &* ones) >> 56)
}
