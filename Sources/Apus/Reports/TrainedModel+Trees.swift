import ApusCore
import ApusLearn
import ApusPlots

extension TrainedModel {
    /// The trees of a decision tree or a forest.
    ///
    /// - Throws: `ApusError` with code `unavailable` for other models.
    public func trees() throws -> [Tree] {
        switch predictor {
        case .classifier(let model as DecisionTreeClassifier.Model): [model.tree]
        case .classifier(let model as RandomForestClassifier.Model): model.trees
        case .classifier(let model as ExtraTreesClassifier.Model): model.trees
        case .regressor(let model as DecisionTreeRegressor.Model): [model.tree]
        case .regressor(let model as RandomForestRegressor.Model): model.trees
        case .regressor(let model as ExtraTreesRegressor.Model): model.trees
        default:
            throw ApusError(
                .unavailable,
                "A \(catalogName) has no trees to show; train a decision-tree, random-forest or extra-trees.")
        }
    }

    /// One tree as a picture, with the names of the features.
    ///
    /// - Parameters:
    ///   - tree: Which tree of a forest, from 0.
    ///   - maxDepth: The greatest depth that is drawn.
    /// - Throws: `ApusError` with code `unavailable` for a model without trees, `invalidParameter` for a tree there is not.
    public func diagram(tree: Int = 0, maxDepth: Int = 4) throws -> TreeDiagram {
        let (chosen, count) = try self.tree(tree)
        return TreeDiagram(
            chosen, classes: classes?.names ?? [], names: encoder.featureNames, maxDepth: maxDepth,
            title: count > 1 ? "\(target): tree \(tree) of \(count)" : "How \(target) is predicted")
    }

    /// One tree as indented rules, with the names of the features.
    ///
    /// - Parameters:
    ///   - tree: Which tree of a forest, from 0.
    ///   - maxDepth: The greatest depth that is written.
    /// - Throws: `ApusError` with code `unavailable` for a model without trees, `invalidParameter` for a tree there is not.
    public func rules(tree: Int = 0, maxDepth: Int = 10) throws -> String {
        try self.tree(tree).tree.exportText(
            classNames: classes?.names, featureNames: encoder.featureNames, maxDepth: maxDepth)
    }

    private func tree(_ index: Int) throws -> (tree: Tree, count: Int) {
        let trees = try trees()
        guard trees.indices.contains(index) else {
            throw ApusError(
                .invalidParameter,
                "There is no tree \(index); the model has \(trees.count), counted from 0.")
        }
        return (trees[index], trees.count)
    }
}
