#if Server
import HTTPTypes

extension HTTPField.Name {
    /// The name of a request, in the request and in the answer.
    static let requestID = Self(known: "X-Request-Id")
    /// The length of the JSON of a body that has binary data behind it.
    static let inferenceHeaderLength = Self(known: "Inference-Header-Content-Length")

    /// A name that stands in the source and not in anything that comes from outside.
    private init(known text: StaticString) {
        guard let name = Self("\(text)") else { preconditionFailure("\(text) is not the name of a header.") }
        self = name
    }
}
#endif
