import Shared
import Testing

@Suite struct MessageEnvelopeTests {
    private let envelope = MessageEnvelope(
        type: DocumentsMessage.type, run: "r1", source: "jira", attempt: 3, traceparent: "00-aa-bb-01")

    @Test func publishingReadsBackTheSame() throws {
        let publishing = envelope.publishing(exchange: "ohra", routingKey: "documents", body: [])
        #expect(publishing.properties.contentType == "application/json")
        #expect(try MessageEnvelope(publishing.properties, expecting: DocumentsMessage.type) == envelope)
    }

    @Test func otherSchemaTypeOrEncodingIsRefusedWithItsReason() {
        func reason(_ change: (inout MessageProperties) -> Void) -> MessageError.Reason? {
            var properties = envelope.publishing(exchange: "", routingKey: "", body: []).properties
            change(&properties)
            let error = #expect(throws: MessageError.self) {
                try MessageEnvelope(properties, expecting: DocumentsMessage.type)
            }
            return error?.reason
        }
        #expect(reason { $0.headers["x-schema"] = .int(2) } == .unsupportedSchema)
        #expect(reason { $0.headers["x-schema"] = nil } == .unsupportedSchema)
        #expect(reason { $0.type = VectorsMessage.type } == .undecodable)
        #expect(reason { $0.contentEncoding = "br" } == .unsupportedEncoding)
    }

    @Test func attemptIsOneWhereNoneOrNonsenseIsTold() {
        var properties = MessageProperties()
        #expect(MessageEnvelope.attempt(of: properties) == 1)
        properties.headers["x-attempt"] = .int(-9)
        #expect(MessageEnvelope.attempt(of: properties) == 1)
        properties.headers["x-attempt"] = .string("two")
        #expect(MessageEnvelope.attempt(of: properties) == 1)
    }
}
