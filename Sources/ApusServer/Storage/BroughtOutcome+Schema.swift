#if Server
import ApusCore

extension BroughtOutcome {
    /// What `read` takes, as a JSON schema. Whether the label is one of the model's is known only with the request.
    static var schema: JSONValue {
        let outcome = OpenAPI.object(
            [
                "request": ["type": "string", "minLength": 1],
                "row": ["type": "integer", "minimum": 0, "maximum": 1_000_000_000],
                "outcome": [
                    "anyOf": [
                        ["type": ["string", "boolean"]],
                        [
                            "type": "number", "minimum": .double(-.greatestFiniteMagnitude),
                            "maximum": .double(.greatestFiniteMagnitude),
                        ],
                    ]
                ],
            ], required: ["request", "outcome"])
        return [
            "anyOf": [
                outcome,
                OpenAPI.object(["outcomes": ["type": "array", "items": outcome, "maxItems": .int(limit)]]),
            ]
        ]
    }
}
#endif
