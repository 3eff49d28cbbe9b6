/// Reads the members of a message body and names the one that is missing or of the wrong kind.
struct MessageReader {
    private let element: JSONElement
    private let place: String

    init(_ element: JSONElement, at place: String) throws(MessageError) {
        guard element.isObject else { throw MessageError(.undecodable, "\(place) is no object") }
        self.element = element
        self.place = place
    }

    /// Parses a whole body.
    init(body: [UInt8]) throws(MessageError) {
        do {
            try self.init(try JSONElement(parsing: body), at: "body")
        } catch let error as MessageError {
            throw error
        } catch {
            throw MessageError(.undecodable, "the body is not JSON: \(error)")
        }
    }

    func string(_ key: String) throws(MessageError) -> String {
        guard let text = element[key]?.string else { throw wrong(key, "a string") }
        return text
    }

    func optionalString(_ key: String) -> String? { element[key]?.string }

    /// A whole number from 0 to 2^53 − 1.
    func integer(_ key: String) throws(MessageError) -> Int {
        guard let number = element[key]?.int, (0...MessageLimits.largestInteger).contains(number) else {
            throw wrong(key, "a whole number from 0 to 2^53-1")
        }
        return number
    }

    func flag(_ key: String) -> Bool { element[key]?.bool ?? false }

    func object(_ key: String) throws(MessageError) -> RawJSON {
        guard let object = element[key], object.isObject else { throw wrong(key, "an object") }
        return RawJSON(object)
    }

    /// A reader of an object; nil when there is none, an error when it is something else.
    func optionalObject(_ key: String) throws(MessageError) -> MessageReader? {
        guard let member = element[key] else { return nil }
        return try MessageReader(member, at: "\(place).\(key)")
    }

    func element(_ key: String) throws(MessageError) -> JSONElement {
        guard let member = element[key] else { throw wrong(key, "there") }
        return member
    }

    /// The members of an array, each an object.
    func objects(_ key: String) throws(MessageError) -> [MessageReader] {
        guard let array = element[key]?.array else { throw wrong(key, "an array") }
        var readers: [MessageReader] = []
        for member in array { readers.append(try MessageReader(member, at: "\(place).\(key)[\(readers.count)]")) }
        return readers
    }

    func wrong(_ key: String, _ expected: String) -> MessageError {
        MessageError(.undecodable, "\(place).\(key) must be \(expected)")
    }
}
