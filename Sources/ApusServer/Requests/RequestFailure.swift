/// Why a request was refused: the status, and what stands in the JSON of the answer.
struct RequestFailure: Error, Hashable {
    /// The HTTP status.
    let status: Int
    /// The kind of failure for programs, in lowerCamelCase.
    let code: String
    /// What was found and how to mend it, in whole sentences.
    let message: String
    /// The place in the request's body, such as `data[1].age`.
    let field: String?
    /// Seconds after which the client may try again, for the header `Retry-After`.
    let retryAfter: Int?

    init(_ status: Int, _ code: String, _ message: String, field: String? = nil, retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
    }

    /// The body is not JSON, or not the JSON of a request at all.
    static func malformed(_ message: String, field: String? = nil) -> RequestFailure {
        RequestFailure(400, "invalidJSON", message, field: field)
    }

    /// A value cannot be used.
    static func unusable(_ code: String, _ message: String, field: String? = nil) -> RequestFailure {
        RequestFailure(422, code, message, field: field)
    }

    /// `{"error": {"code": …, "message": …, "field": …}}`
    var json: [UInt8] {
        var out = JSONText()
        out.raw(#"{"error":{"code":"#)
        out.string(code)
        out.raw(#","message":"#)
        out.string(message)
        if let field {
            out.raw(#","field":"#)
            out.string(field)
        }
        out.raw("}}")
        return out.bytes
    }

    /// `{"error": message, "code": …, "field": …}`, in which the Open Inference Protocol wants the error to be a text.
    var inferenceJSON: [UInt8] {
        var out = JSONText()
        out.raw(#"{"error":"#)
        out.string(message)
        out.raw(#","code":"#)
        out.string(code)
        if let field {
            out.raw(#","field":"#)
            out.string(field)
        }
        out.raw("}")
        return out.bytes
    }
}
