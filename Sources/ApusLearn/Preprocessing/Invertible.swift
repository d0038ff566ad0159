import ApusCore

extension StandardScaler.Model: InvertibleTransformerModel {}
extension MinMaxScaler.Model: InvertibleTransformerModel {}
extension RobustScaler.Model: InvertibleTransformerModel {}
extension MaxAbsScaler.Model: InvertibleTransformerModel {}
extension KBinsDiscretizer.Model: InvertibleTransformerModel {}
extension VarianceThreshold.Model: InvertibleTransformerModel {}
extension PCA.Model: InvertibleTransformerModel {}
extension TruncatedSVD.Model: InvertibleTransformerModel {}
