import CRabbitMQ

/// Turns frames into events, putting methods and their content frames together. Copies everything it keeps.
struct ContentAssembler {
    /// RabbitMQ accepts no larger message; a header that promises more is not believed.
    private static let maximumBody: UInt64 = 512 << 20
    /// Reserved on the word of a header; beyond it the array grows as bytes arrive.
    private static let maximumReservation = 16 << 20

    private enum State {
        case idle
        case awaitingHeader(Start)
        case awaitingBody(Start, remaining: Int)
    }

    private enum Start {
        case delivery(IncomingDelivery)
        case returned(ReturnedPublishing)
    }

    private var state = State.idle

    var isAmidContent: Bool { if case .idle = state { false } else { true } }

    /// - Throws: `protocolViolation` when the frame has no place here.
    mutating func take(_ frame: amqp_frame_t) throws(BrokerError) -> IncomingFrame? {
        if Int32(frame.frame_type) == AMQP_FRAME_HEARTBEAT { return nil }
        guard frame.channel == Self.channel(of: frame) else {
            throw BrokerError(.protocolViolation, "the broker sent a frame on channel \(frame.channel)")
        }
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            // Between a method and the end of its content only channel 0 may speak.
            if frame.channel != 0, isAmidContent { throw Self.misplaced("method") }
            return try takeMethod(frame.payload.method)
        case AMQP_FRAME_HEADER:
            let header = frame.payload.properties
            guard case .awaitingHeader(let start) = state, header.class_id == UInt16(AMQP_BASIC_CLASS),
                let decoded = header.decoded
            else { throw Self.misplaced("content header") }
            guard header.body_size <= Self.maximumBody else {
                throw BrokerError(.protocolViolation, "the broker announced a body of \(header.body_size) bytes")
            }
            let properties = MessageProperties(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
            return begin(start, properties, size: Int(header.body_size))
        case AMQP_FRAME_BODY:
            return try takeBody(frame.payload.body_fragment.buffer)
        default:
            return nil
        }
    }

    /// Where a frame belongs: matters of the connection on channel 0, all others on ours.
    private static func channel(of frame: amqp_frame_t) -> amqp_channel_t {
        let isAboutConnection =
            Int32(frame.frame_type) == AMQP_FRAME_METHOD
            && frame.payload.method.id >> 16 == UInt32(AMQP_CONNECTION_CLASS)
        return isAboutConnection ? 0 : ConnectionHandle.channel
    }

    private mutating func begin(_ start: Start, _ properties: MessageProperties, size: Int) -> IncomingFrame? {
        switch start {
        case .delivery(var delivery):
            delivery.properties = properties
            return proceed(.delivery(delivery), remaining: size)
        case .returned(var returned):
            returned.messageID = properties.messageID
            returned.bodySize = size
            return proceed(.returned(returned), remaining: size)
        }
    }

    private mutating func takeBody(_ fragment: UnsafeRawBufferPointer) throws(BrokerError) -> IncomingFrame? {
        guard case .awaitingBody(let start, let remaining) = state, fragment.count <= remaining else {
            throw Self.misplaced("content body")
        }
        // Lets go of the stored copy, or appending would copy the body so far.
        state = .idle
        switch start {
        case .delivery(var delivery):
            if fragment.count == remaining, delivery.body.isEmpty {
                delivery.body = [UInt8](fragment)
            } else {
                if delivery.body.isEmpty { delivery.body.reserveCapacity(min(remaining, Self.maximumReservation)) }
                delivery.body.append(contentsOf: fragment)
            }
            return proceed(.delivery(delivery), remaining: remaining - fragment.count)
        case .returned:
            return proceed(start, remaining: remaining - fragment.count)
        }
    }

    private mutating func proceed(_ start: Start, remaining: Int) -> IncomingFrame? {
        guard remaining == 0 else {
            state = .awaitingBody(start, remaining: remaining)
            return nil
        }
        state = .idle
        return switch start {
        case .delivery(let delivery): .delivery(delivery)
        case .returned(let returned): .returned(returned)
        }
    }

    private mutating func takeMethod(_ method: amqp_method_t) throws(BrokerError) -> IncomingFrame? {
        guard let decoded = method.decoded else { throw Self.misplaced("empty method") }
        func read<Method>(_ type: Method.Type) -> Method { decoded.assumingMemoryBound(to: type).pointee }
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = read(amqp_basic_deliver_t.self)
            state = .awaitingHeader(
                .delivery(
                    IncomingDelivery(
                        tag: deliver.delivery_tag, isRedelivered: deliver.redelivered != 0,
                        exchange: deliver.exchange.text,
                        routingKey: deliver.routing_key.text)))
            return nil
        case AMQP_BASIC_RETURN_METHOD:
            let returned = read(amqp_basic_return_t.self)
            state = .awaitingHeader(
                .returned(
                    ReturnedPublishing(
                        exchange: returned.exchange.text, routingKey: returned.routing_key.text, messageID: nil,
                        bodySize: 0)))
            return nil
        case AMQP_BASIC_ACK_METHOD:
            let ack = read(amqp_basic_ack_t.self)
            return .confirmed(tag: ack.delivery_tag, multiple: ack.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            let nack = read(amqp_basic_nack_t.self)
            return .rejected(tag: nack.delivery_tag, multiple: nack.multiple != 0)
        case AMQP_BASIC_CANCEL_METHOD:
            return .cancelled
        case AMQP_CHANNEL_CLOSE_METHOD:
            return .channelClosed(LibraryError.refusal(method))
        case AMQP_CONNECTION_CLOSE_METHOD:
            return .connectionClosed(LibraryError.refusal(method))
        case AMQP_CONNECTION_BLOCKED_METHOD:
            return .blocked(reason: read(amqp_connection_blocked_t.self).reason.shortText)
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            return .unblocked
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let declared = read(amqp_queue_declare_ok_t.self)
            return .reply(
                BrokerReply(
                    method: method.id,
                    depth: QueueDepth(messages: Int(declared.message_count), consumers: Int(declared.consumer_count))))
        default:
            return .reply(BrokerReply(method: method.id))
        }
    }

    private static func misplaced(_ what: String) -> BrokerError {
        BrokerError(.protocolViolation, "the broker sent a \(what) frame out of place")
    }
}
