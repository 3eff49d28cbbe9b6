import Foundation
import Testing

@testable import Shared

@Suite struct GzipTests {
    /// `{"a":1}` as `gzip -9n` writes it.
    private static let packed: [UInt8] = Array(
        Data(base64Encoded: "H4sIAAAAAAACA6tWSlSyMqwFAK+sG1YHAAAA") ?? Data())
    private static let plain = Array("{\"a\":1}".utf8)

    private func fault(_ bytes: [UInt8], limit: Int = 1 << 20) -> MessageError? {
        #expect(throws: MessageError.self) { try Gzip.unpacked(bytes, limit: limit) }
    }

    @Test func oneMemberComesBack() throws {
        #expect(try Gzip.unpacked(Self.packed, limit: Self.plain.count) == Self.plain)
    }

    @Test func membersInARowAreJoined() throws {
        #expect(try Gzip.unpacked(Self.packed + Self.packed, limit: 100) == Self.plain + Self.plain)
    }

    /// The limit is for all members together.
    @Test func limitIsExactAndForTheWhole() {
        #expect(fault(Self.packed, limit: Self.plain.count - 1)?.reason == .bodyTooLarge)
        #expect(fault(Self.packed + Self.packed, limit: Self.plain.count)?.reason == .bodyTooLarge)
    }

    @Test func bombIsStoppedAtTheLimit() {
        let error = fault(GzipBomb.bytes)
        #expect(error?.reason == .bodyTooLarge)
        #expect(error?.detail == "gzip: more than 1048576 bytes when unpacked")
    }

    @Test func everyTruncationIsUndecodable() {
        for count in 0..<Self.packed.count {
            #expect(fault(Array(Self.packed.prefix(count)))?.reason == .undecodable, "\(count) bytes")
        }
    }

    @Test func trailingGarbageIsUndecodable() {
        #expect(fault(Self.packed + [0])?.reason == .undecodable)
        #expect(fault(Self.packed + Array("garbage".utf8))?.reason == .undecodable)
    }

    @Test func checksumAndLengthAreChecked() {
        for (place, text) in [
            (Self.packed.count - 8, "incorrect data check"), (Self.packed.count - 1, "incorrect length check"),
        ] {
            var bytes = Self.packed
            bytes[place] ^= 1
            let error = fault(bytes)
            #expect(error?.reason == .undecodable && error?.detail == "gzip: \(text)")
        }
    }

    @Test func plainTextAndZlibStreamsAreNoGzip() {
        #expect(fault(Self.plain)?.reason == .undecodable)
        // The same text with a zlib header.
        #expect(fault([0x78, 0xDA] + Self.packed[10..<19] + [0x08, 0x2A, 0x02, 0x09])?.reason == .undecodable)
    }

    @Test func encodingGoesWithThePacking() throws {
        for encoding in ["gzip", "GZIP"] {
            var properties = MessageProperties()
            properties.contentEncoding = encoding
            #expect(try MessageEncoding.unpack(Self.packed, &properties) == Self.plain)
            #expect(properties.contentEncoding == nil)
        }
        var properties = MessageProperties()
        properties.contentEncoding = "br"
        #expect(try MessageEncoding.unpack(Self.packed, &properties) == Self.packed)
        #expect(properties.contentEncoding == "br")
    }
}
