/// Which alarms are up: applies the rules to gauges, look after look.
struct AlertBook: Sendable {
    /// Which series of which gauge a rule has an opinion of.
    struct Key: Sendable, Hashable {
        let rule: String
        let model: String?
        let version: String?
        let labels: [Gauge.Label]
    }

    /// How a series stands.
    struct State: Sendable, Hashable {
        let rule: AlertRule
        let key: Key
        /// Whether the alarm is up.
        var isFiring = false
        /// When it rose or ended last, in seconds since 1970; nil where it never rose.
        var since: Double?
        /// How many looks in a row disagree with `isFiring`.
        var streak = 0
        /// The value at the last look.
        var value: Double?
    }

    /// An alarm that rose or ended.
    struct Change: Sendable, Hashable {
        let state: State
        let time: Double
        /// When it rose, for one that ended.
        let rose: Double?
    }

    /// Series that are kept at most; new ones beyond it are not watched.
    private static let limit = 10_000

    let rules: [AlertRule]
    private var states: [Key: State] = [:]

    init(_ rules: [AlertRule]) { self.rules = rules }

    /// Every series that a rule watches, alarms first.
    var all: [State] {
        states.values.sorted { a, b in
            if a.isFiring != b.isFiring { return a.isFiring }
            func text(_ state: State) -> String {
                "\(state.rule.name)|\(state.key.model ?? "")|\(state.key.labels.map(\.value))"
            }
            return text(a) < text(b)
        }
    }

    /// Applies the rules to the gauges of one look at a model, or at the server.
    ///
    /// - Returns: The alarms that rose or ended by it.
    mutating func look(at gauges: [Gauge], model: String?, version: String?, time: Double) -> [Change] {
        var changes: [Change] = []
        for rule in rules {
            for gauge in gauges where rule.watches(gauge, model: model) {
                let key = Key(rule: rule.name, model: model, version: version, labels: gauge.labels)
                guard states[key] != nil || states.count < Self.limit else { continue }
                var state = states[key] ?? State(rule: rule, key: key)
                state.value = gauge.value
                state.streak = rule.isBroken(by: gauge) == state.isFiring ? 0 : state.streak + 1
                if state.streak >= rule.windows {
                    let rose = state.isFiring ? state.since : nil
                    state.isFiring.toggle()
                    state.streak = 0
                    state.since = time
                    changes.append(Change(state: state, time: time, rose: rose))
                }
                states[key] = state
            }
        }
        return changes
    }

    /// Ends what was said of a model that is no longer served.
    mutating func forget(model: String, version: String, time: Double) -> [Change] {
        var changes: [Change] = []
        for (key, state) in states where key.model == model && key.version == version {
            states[key] = nil
            guard state.isFiring else { continue }
            var ended = state
            ended.isFiring = false
            ended.since = time
            changes.append(Change(state: ended, time: time, rose: state.since))
        }
        return changes
    }
}
