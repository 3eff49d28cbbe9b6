import CRabbitMQ

extension ConnectionHandle {
    /// Writes a question; the answer comes as ``IncomingFrame/reply(_:)``.
    ///
    /// - Returns: the number of the method that answers it.
    func send(_ command: BrokerCommand) throws(BrokerError) -> UInt32 {
        if command.names.contains(where: { $0.utf8.count > 255 }) {
            throw BrokerError(.topology, "a name is longer than AMQP's 255 bytes")
        }
        switch command {
        case .openChannel:
            try send(amqp_channel_open_t(out_of_band: amqp_empty_bytes), AMQP_CHANNEL_OPEN_METHOD)
            return AMQP_CHANNEL_OPEN_OK_METHOD
        case .selectConfirms:
            try send(amqp_confirm_select_t(nowait: 0), AMQP_CONFIRM_SELECT_METHOD)
            return AMQP_CONFIRM_SELECT_OK_METHOD
        case .limitDeliveries(let count):
            try send(
                amqp_basic_qos_t(prefetch_size: 0, prefetch_count: UInt16(clamping: count), global: 0),
                AMQP_BASIC_QOS_METHOD)
            return AMQP_BASIC_QOS_OK_METHOD
        case .declareExchange(let name, let type, let isPassive, let arguments):
            try send(
                amqp_exchange_declare_t(
                    ticket: 0, exchange: pool.bytes(name), type: pool.bytes(type), passive: isPassive ? 1 : 0,
                    durable: 1,
                    auto_delete: 0, internal: 0, nowait: 0, arguments: pool.table(arguments)),
                AMQP_EXCHANGE_DECLARE_METHOD)
            return AMQP_EXCHANGE_DECLARE_OK_METHOD
        case .deleteExchange(let name):
            try send(
                amqp_exchange_delete_t(ticket: 0, exchange: pool.bytes(name), if_unused: 0, nowait: 0),
                AMQP_EXCHANGE_DELETE_METHOD)
            return AMQP_EXCHANGE_DELETE_OK_METHOD
        case .declareQueue(let name, let isPassive, let isExclusive, let arguments):
            try send(
                amqp_queue_declare_t(
                    ticket: 0, queue: pool.bytes(name), passive: isPassive ? 1 : 0, durable: isExclusive ? 0 : 1,
                    exclusive: isExclusive ? 1 : 0, auto_delete: 0, nowait: 0, arguments: pool.table(arguments)),
                AMQP_QUEUE_DECLARE_METHOD)
            return AMQP_QUEUE_DECLARE_OK_METHOD
        case .deleteQueue(let name):
            try send(
                amqp_queue_delete_t(ticket: 0, queue: pool.bytes(name), if_unused: 0, if_empty: 0, nowait: 0),
                AMQP_QUEUE_DELETE_METHOD)
            return AMQP_QUEUE_DELETE_OK_METHOD
        case .purgeQueue(let name):
            try send(amqp_queue_purge_t(ticket: 0, queue: pool.bytes(name), nowait: 0), AMQP_QUEUE_PURGE_METHOD)
            return AMQP_QUEUE_PURGE_OK_METHOD
        case .bind(let queue, let exchange, let routingKey):
            try send(
                amqp_queue_bind_t(
                    ticket: 0, queue: pool.bytes(queue), exchange: pool.bytes(exchange),
                    routing_key: pool.bytes(routingKey),
                    nowait: 0, arguments: amqp_empty_table), AMQP_QUEUE_BIND_METHOD)
            return AMQP_QUEUE_BIND_OK_METHOD
        case .unbind(let queue, let exchange, let routingKey):
            try send(
                amqp_queue_unbind_t(
                    ticket: 0, queue: pool.bytes(queue), exchange: pool.bytes(exchange),
                    routing_key: pool.bytes(routingKey),
                    arguments: amqp_empty_table), AMQP_QUEUE_UNBIND_METHOD)
            return AMQP_QUEUE_UNBIND_OK_METHOD
        case .consume(let queue, let consumerTag, let arguments):
            try send(
                amqp_basic_consume_t(
                    ticket: 0, queue: pool.bytes(queue), consumer_tag: pool.bytes(consumerTag), no_local: 0, no_ack: 0,
                    exclusive: 0, nowait: 0, arguments: pool.table(arguments)), AMQP_BASIC_CONSUME_METHOD)
            return AMQP_BASIC_CONSUME_OK_METHOD
        case .cancel(let consumerTag):
            try send(amqp_basic_cancel_t(consumer_tag: pool.bytes(consumerTag), nowait: 0), AMQP_BASIC_CANCEL_METHOD)
            return AMQP_BASIC_CANCEL_OK_METHOD
        case .closeConnection:
            let close = amqp_connection_close_t(
                reply_code: UInt16(AMQP_REPLY_SUCCESS), reply_text: pool.bytes("done"), class_id: 0, method_id: 0)
            try send(close, AMQP_CONNECTION_CLOSE_METHOD, channel: 0)
            return AMQP_CONNECTION_CLOSE_OK_METHOD
        }
    }

    /// Takes leave as far as that is possible without waiting, so that the broker does not log a broken connection.
    func sayGoodbye(brokerClosed: Bool) {
        if brokerClosed {
            try? send(amqp_connection_close_ok_t(dummy: 0), AMQP_CONNECTION_CLOSE_OK_METHOD, channel: 0)
        } else {
            _ = try? send(.closeConnection)
        }
    }
}
