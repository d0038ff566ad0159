#if Server
import Apus
import ArgumentParser

/// How classes of different size are made up for.
struct BalancingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Make up for small classes while the model is fitted: smote, borderline-smote, adasyn (new rows between rows); "
                + "smotenc (the same, categories kept); over, under (rows drawn at random); tomek (without rows at the "
                + "border); weights (small classes count more). Rows that are judged stay as they are."))
    var balance: Balancing.Method?
    @Option(
        name: .customLong("balance-set"),
        help: "A parameter of --balance, such as k_neighbors=3 or sampling_strategy=0.5; may be repeated.")
    var settings: [Setting] = []

    var balancing: Balancing? {
        balance.map { Balancing($0, settings: settings.map { ($0.name, $0.value) }) }
    }

    func validate() throws {
        if balance == nil, !settings.isEmpty { throw ValidationError("--balance-set needs --balance METHOD.") }
    }
}

extension Balancing.Method: ExpressibleByArgument {}
#endif
