/// A number that is watched: what alert rules look at and `/metrics` shows.
struct Gauge: Sendable, Hashable {
    /// Which series of the gauge: the column, the group or the like, by the labels' names.
    struct Label: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// The gauge, such as `psi`.
    let name: String
    /// What tells its series apart, besides the model.
    var labels: [Label] = []
    /// The value; nil where it is not defined.
    let value: Double?
    /// Whether more than chance is at work; nil where chance plays no part.
    var isSignificant: Bool?

    /// The column, where the gauge has one.
    var column: String? { labels.first { $0.name == "column" }?.value }
}

extension Gauge {
    /// What each gauge is, by name, in the order in which they are listed.
    static let help: [(name: String, help: String)] = [
        ("psi", "Population stability index of a column against its training reference."),
        ("ks", "Kolmogorov-Smirnov statistic of a numeric column."),
        ("chi_square", "Chi-square statistic of a column of levels."),
        ("drift_p_value", "P-value of the column's test of drift."),
        ("jensen_shannon", "Jensen-Shannon distance of a column, base 2."),
        ("wasserstein", "Wasserstein distance of a numeric column in standard deviations of the reference."),
        ("missing_share", "Share of the rows without a value."),
        ("unseen_share", "Share of the values that did not occur in training."),
        ("prediction_psi", "Population stability index of the predicted classes or numbers."),
        ("prediction_jensen_shannon", "Jensen-Shannon distance of the predicted classes or numbers."),
        ("score_psi", "Population stability index of the predicted probabilities."),
        ("window_rows", "Predictions in the window."),
        ("outcomes", "Outcomes in the window."),
        ("label_coverage", "Share of the predictions in the window whose outcome is known."),
        ("accuracy", "Accuracy by the outcomes in the window."),
        ("precision", "Precision of the last class by the outcomes in the window."),
        ("recall", "Recall of the last class by the outcomes in the window."),
        ("f1", "F1 of the last class by the outcomes in the window."),
        ("mae", "Mean absolute error by the outcomes in the window."),
        ("rmse", "Root mean squared error by the outcomes in the window."),
        ("mean_error", "Mean of predicted minus true number by the outcomes in the window."),
        ("estimated_accuracy", "Accuracy that the calibrated probabilities let expect."),
        ("estimated_precision", "Precision of the last class that the calibrated probabilities let expect."),
        ("estimated_recall", "Recall of the last class that the calibrated probabilities let expect."),
        ("estimated_f1", "F1 of the last class that the calibrated probabilities let expect."),
        ("selection_rate", "Share of a group that is predicted to be of the last class."),
        ("group_label_coverage", "Share of a group's predictions whose outcome is known."),
        ("demographic_parity_difference", "Greatest difference of two groups' selection rates."),
        ("equalized_odds_difference", "Greater of the differences of true and false positive rates."),
        ("equal_opportunity_difference", "Greatest difference of two groups' true positive rates."),
        ("accuracy_difference", "Greatest difference of two groups' accuracies."),
        ("latency_p50", "Median seconds from body to answer, last minute."),
        ("latency_p95", "95th percentile of the seconds from body to answer, last minute."),
        ("latency_p99", "99th percentile of the seconds from body to answer, last minute."),
        ("request_rate", "Requests per second, last minute."),
        ("error_rate", "Share of the requests of the last minute that were refused or failed."),
        ("server_error_rate", "Share of the requests of the last minute that failed with status 500 or above."),
        ("queue_depth", "Requests that wait for their turn."),
        ("log_pending_rows", "Rows that wait to be written to the prediction log."),
        ("log_lost_rows", "Rows that were not written to the prediction log, since the start."),
    ]

    /// The gauges that belong to the server, not to one model.
    static let serverNames: Set<String> = [
        "latency_p50", "latency_p95", "latency_p99", "request_rate", "error_rate", "server_error_rate", "queue_depth",
        "log_pending_rows", "log_lost_rows",
    ]
}
