/// The background a chart is drawn for.
public enum ChartTheme: Sendable, Hashable, CaseIterable {
    /// Light or dark as the reader's system asks, or as the page says with `data-theme="light"` or
    /// `data-theme="dark"` on its root element. Programs that know no such styles draw the light one.
    case automatic
    /// Light always, without any style sheet.
    case light
    /// Dark always, without any style sheet.
    case dark
}
