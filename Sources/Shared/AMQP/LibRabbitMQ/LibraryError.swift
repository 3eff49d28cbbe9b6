import CRabbitMQ

/// What the library and the broker report, as ``BrokerError``. Texts are copied: their storage goes with the connection.
enum LibraryError {
    /// A status below zero from a call on an open connection.
    static func lost(_ status: Int32) -> BrokerError {
        let text = "connection to the broker lost: \(describe(status))"
        return isViolation(status) ? BrokerError(.protocolViolation, text) : BrokerError(.connectionLost, text)
    }

    /// A status below zero from connecting or logging in.
    static func unreachable(_ status: Int32, _ address: String) -> BrokerError {
        if isViolation(status) {
            return BrokerError(.protocolViolation, "\(address) does not speak AMQP 0-9-1: \(describe(status))")
        }
        return BrokerError(.unavailable, "the broker at \(address) cannot be reached: \(describe(status))")
    }

    /// A dropped login looks the same whether the credentials, the port or the server is to blame.
    static func loginDropped(_ status: Int32, _ address: String) -> BrokerError {
        if isViolation(status) { return unreachable(status, address) }
        if status == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD.rawValue {
            return BrokerError(.unauthorized, "the broker at \(address) offers no login by password (SASL PLAIN)")
        }
        return BrokerError(
            .unavailable,
            "the broker at \(address) did not complete the login (\(describe(status)));"
                + " busy, not AMQP, a port for TLS, or credentials?")
    }

    /// A `channel.close` or `connection.close` of the broker.
    static func refusal(replyCode: UInt16, text: String, subject: String? = nil) -> BrokerError {
        let about = subject.map { "\($0): " } ?? ""
        let message = "\(about)\(text)"
        let code: BrokerError.Code =
            switch replyCode {
            case 403, 530: .unauthorized
            case 311: .tooLarge
            case 406 where text.contains("message size"): .tooLarge
            // "home node … is down or inaccessible": it exists, its broker is still starting.
            case 404 where text.contains("is down or inaccessible"): .unavailable
            case 404, 405, 406: .topology
            case 501, 502, 503, 504, 505: .protocolViolation
            default: .connectionLost
            }
        return BrokerError(code, message, replyCode: Int(replyCode))
    }

    static func refusal(_ method: amqp_method_t, subject: String? = nil) -> BrokerError {
        guard let decoded = method.decoded else {
            return BrokerError(.protocolViolation, "the broker refused without words")
        }
        if method.id == AMQP_CONNECTION_CLOSE_METHOD {
            let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            return refusal(replyCode: close.reply_code, text: close.reply_text.shortText, subject: subject)
        }
        if method.id == AMQP_CHANNEL_CLOSE_METHOD {
            let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            return refusal(replyCode: close.reply_code, text: close.reply_text.shortText, subject: subject)
        }
        return BrokerError(.protocolViolation, "the broker answered with method \(method.id)")
    }

    private static func isViolation(_ status: Int32) -> Bool {
        [
            AMQP_STATUS_BAD_AMQP_DATA.rawValue, AMQP_STATUS_UNKNOWN_CLASS.rawValue, AMQP_STATUS_UNKNOWN_METHOD.rawValue,
            AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION.rawValue, AMQP_STATUS_WRONG_METHOD.rawValue,
        ].contains(status)
    }

    private static func describe(_ status: Int32) -> String {
        amqp_error_string2(status).map { String(cString: $0) } ?? "\(status)"
    }
}

extension amqp_bytes_t {
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : len) }

    var text: String { String(decoding: buffer, as: UTF8.self) }

    /// For logs: bounded, control characters blanked.
    var shortText: String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(300).map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
