import Shared
import TestSupport
import Testing

/// Fault row 23 through the real broker, which passes such headers on.
@Suite(.timeLimit(.minutes(1))) struct HeaderBombTests {
    @Test(arguments: [true, false]) func aBombIsDeliveredLikeAnyMessage(ofTables: Bool) async throws {
        try await Scene.with { scene in
            let table = WireBytes.bomb(depth: ofTables ? 21_000 : 26_000, ofTables: ofTables)
            try RawPublisher.publish(
                scene.settings, exchange: scene.exchange, key: scene.routingKey,
                header: .header(size: 4, messageID: "bomb", table: table), body: Array("boom".utf8))
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 2))
            try await publisher.publish(scene.publishing(7))
            var iterator = consumer.deliveries.makeAsyncIterator()
            let bomb = try #require(try await iterator.next())
            #expect(bomb.properties.messageID == "bomb" && bomb.body == Array("boom".utf8))
            // What is left of it can be published again, as the dead-letter step does.
            try await publisher.publish(
                Publishing(
                    exchange: scene.exchange, routingKey: scene.routingKey, properties: bomb.properties, body: bomb.body
                ))
            await consumer.settle(bomb, .acknowledge)
            let next = try #require(try await iterator.next())
            #expect(next.number == 7 && next.connection == 1)
            await consumer.close()
            await publisher.close()
        }
    }
}
