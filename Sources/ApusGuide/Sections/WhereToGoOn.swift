import Apus
import ApusCore

/// Section 15: what to read, and thirty questions to test oneself with.
struct WhereToGoOn: Section {
    let number = 15
    let title = "Where to go on"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            Fourteen sections give you the words, the figures and the traps. What makes them yours is doing: take a table \
            of your own, ask one question of it, and go the whole way from the split to the server. Then read those who \
            thought of it first; most of these papers are shorter and clearer than what is written about them.
            """)
        read(into: &chapter)
        chapter.heading("Three weeks")
        chapter.table(
            header: ["when", "do", "you can then say"],
            rows: [
                [
                    "days 1 to 4", "sections 1 to 4; fit and plot on your own table",
                    "why a model is wrong, and in which way",
                ],
                ["days 5 to 9", "sections 5 to 8; a pipeline without leaks", "what your score is worth"],
                [
                    "days 10 to 13", "sections 9 and 10; a search with a test part kept apart",
                    "what tuning brought, honestly",
                ],
                ["days 14 to 17", "sections 11 to 13; a served model with a log", "what happens after training"],
                ["days 18 to 21", "section 14, then `apus guide quiz` every day", "whom it hurts, and how you know"],
            ])
        chapter.heading("Test yourself")
        chapter.paragraph(
            """
            Thirty questions across all sections. Answer aloud before you open one. Those you cannot answer name the \
            section to read again; `apus guide quiz` asks these and all others and keeps your score.
            """)
        chapter.record("questions", .int(questions.count), isReproducible: false)
        chapter.questions(questions)
        chapter.attempts([
            Attempt(
                "Take one table that you know from work and answer one question with it, from `apus data describe` to "
                    + "`apus serve`.",
                expect: "to spend four fifths of the time on what the columns mean. That is the job."),
            Attempt(
                "Explain one section to somebody who does not program.",
                expect: "to find the sentence that you had not understood."),
        ])
    }

    // MARK: Reading

    private func read(into chapter: inout Chapter) {
        chapter.heading("Books")
        chapter.table(
            header: ["book", "why"],
            rows: [
                [
                    "G. James, D. Witten, T. Hastie, R. Tibshirani: An Introduction to Statistical Learning, 2nd ed., Springer 2021",
                    "the best first book; free from its authors",
                ],
                [
                    "T. Hastie, R. Tibshirani, J. Friedman: The Elements of Statistical Learning, 2nd ed., Springer 2009",
                    "the reference; free from its authors",
                ],
                ["C. Bishop: Pattern Recognition and Machine Learning, Springer 2006", "the Bayesian view, patiently"],
                ["K. Murphy: Probabilistic Machine Learning: An Introduction, MIT Press 2022", "wide and up to date"],
                [
                    "S. Barocas, M. Hardt, A. Narayanan: Fairness and Machine Learning, MIT Press 2023",
                    "what fairness can and cannot mean; free from its authors",
                ],
                [
                    "C. Molnar: Interpretable Machine Learning",
                    "every explanation method with its limits; free from its author",
                ],
            ])
        chapter.heading("Papers, by section")
        chapter.table(
            header: ["section", "paper", "what it gave"],
            rows: [
                ["2", "D. Arthur, S. Vassilvitskii: k-means++, SODA 2007", "where to put the first centres"],
                ["4", "L. Breiman: Random Forests, Machine Learning 45 (2001), 5–32", "many trees, different errors"],
                [
                    "4", "J. Friedman: Greedy Function Approximation, Annals of Statistics 29 (2001), 1189–1232",
                    "gradient boosting",
                ],
                [
                    "4, 12", "C. Cortes, V. Vapnik: Support-Vector Networks, Machine Learning 20 (1995), 273–297",
                    "soft margins",
                ],
                [
                    "5", "S. Kaufman et al.: Leakage in Data Mining, ACM TKDD 6(4), 2012",
                    "the ways in which answers leak",
                ],
                [
                    "7", "J. Davis, M. Goadrich: The Relationship Between Precision-Recall and ROC Curves, ICML 2006",
                    "which curve when",
                ],
                [
                    "8", "R. Kohavi: A Study of Cross-Validation and Bootstrap, IJCAI 1995",
                    "ten stratified folds as a habit",
                ],
                [
                    "8",
                    "Y. Bengio, Y. Grandvalet: No Unbiased Estimator of the Variance of K-Fold, JMLR 5 (2004), 1089–1105",
                    "why the error bar of folds is too short",
                ],
                ["9", "N. Chawla et al.: SMOTE, JAIR 16 (2002), 321–357", "rows between neighbours"],
                [
                    "10",
                    "J. Bergstra, Y. Bengio: Random Search for Hyper-Parameter Optimization, JMLR 13 (2012), 281–305",
                    "why not a grid",
                ],
                ["11", "B. Pang, L. Lee: Seeing Stars, ACL 2005", "the film reviews"],
                [
                    "12",
                    "Y. LeCun et al.: Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86 (1998)",
                    "MNIST",
                ],
                [
                    "13", "D. Sculley et al.: Hidden Technical Debt in Machine Learning Systems, NIPS 2015",
                    "what deployment costs",
                ],
                [
                    "14", "M. Hardt, E. Price, N. Srebro: Equality of Opportunity in Supervised Learning, NIPS 2016",
                    "equalized odds",
                ],
                [
                    "14", "A. Agarwal et al.: A Reductions Approach to Fair Classification, ICML 2018",
                    "fairness as a constraint",
                ],
                ["14", "S. Lundberg, S. Lee: A Unified Approach to Interpreting Model Predictions, NIPS 2017", "SHAP"],
                ["14", "M. Ribeiro, S. Singh, C. Guestrin: “Why Should I Trust You?”, KDD 2016", "LIME"],
                ["14", "M. Mitchell et al.: Model Cards for Model Reporting, FAT* 2019", "what to write down"],
            ])
    }

    // MARK: Thirty questions

    let questions = Self.learning + Self.data + Self.judging + Self.working

    private static let learning = [
        Question(
            "Why does adding a penalty to a regression help?",
            "It trades a little bias for much less variance: coefficients that the data hardly determine are pulled towards 0. "
                + "It also makes the problem solvable when there are more columns than rows."),
        Question(
            "Ridge or lasso?",
            "Ridge shrinks all coefficients and shares weight among correlated features; lasso sets some to exactly 0 and "
                + "picks one of the correlated ones, rather by chance. Elastic net lies between them."),
        Question(
            "What does logistic regression minimise, and why not squared error?",
            "The negative log-likelihood: −log of the probability given to what happened. It is convex in the weights and "
                + "punishes confident mistakes without bound; squared error of a sigmoid is neither."),
        Question(
            "How does a tree choose a split?",
            "It tries thresholds of each feature and takes the one after which the children are purest on average, by Gini or "
                + "entropy for classes and by variance for numbers. It never looks ahead and never takes one back."),
        Question(
            "What are out-of-bag rows?",
            "Those that a tree of the forest did not draw, about 37 % (1/e) of them. Predicting each row only by trees that did not see "
                + "it gives an honest estimate without a split."),
        Question(
            "Why does boosting use a small learning rate?",
            "Each tree corrects a part of the error only, so that later trees can correct it otherwise; more trees, less "
                + "variance. Rate and number of trees go together: half the rate needs about twice the trees."),
        Question(
            "What does early stopping watch?",
            "The loss on rows held out. When it has not improved for some rounds, training stops there. Those rows have then "
                + "chosen something, and do not count as a test."),
        Question(
            "When do nearest neighbours win?",
            "Few features that all matter, in one scale, many rows, a border of any shape. They need no training and pay for "
                + "it at each answer."),
        Question(
            "What is the difference between generative and discriminative?",
            "A generative model learns how each class makes rows, p(x | y), and uses Bayes’ rule (naive Bayes); a discriminative "
                + "one learns p(y | x), or the border, directly (logistic regression, SVM)."),
    ]

    private static let data = [
        Question(
            "A column is 60 % missing. Drop it?",
            "Look first whether being missing tells something, and whether the rest predicts. Trees that take gaps, or an "
                + "imputed column beside an indicator, may use it; a column that is missing by accident and says nothing goes."
        ),
        Question(
            "How do outliers hurt, and whom?",
            "Squared errors, means, min-max scaling and PCA follow them; medians, trees and absolute errors hardly do. Ask "
                + "whether they are errors of the record or the very cases that matter."),
        Question(
            "How can a table be too wide?",
            "With more columns than rows something always fits by chance. Penalise, select within folds, reduce dimensions, or "
                + "get rows."),
        Question(
            "What does standardising do to a dummy column?",
            "It makes a rare category large when it occurs, and the penalty then treats rare and common ones alike. It is not "
                + "wrong, but leave dummies as they are unless you have a reason."),
        Question(
            "Duplicates in the table: what can happen?",
            "The same row in training and in test: a leak. Or a case counted several times. Find them before the split, and "
                + "find out why they are there."),
        Question(
            "What is covariate shift?",
            "The distribution of x changes between training and use, p(y | x) does not. Weigh training rows by how probable "
                + "they are in use, or train anew; and check that it really is only x that moved."),
        Question(
            "What is selection bias? Give an example.",
            "The rows you have are not those you will meet: loans that were refused have no outcome, so a model of repayment "
                + "has only seen the accepted."),
    ]

    private static let judging = [
        Question(
            "Log loss and accuracy disagree about two models. How is that possible?",
            "Accuracy looks at the side of one half, log loss at the probability. A model can be right more often and be far "
                + "too sure where it is wrong. Which matters depends on what the answer is used for."),
        Question(
            "What does a calibration curve that lies under the diagonal say?",
            "The events are rarer than the probabilities claim: overconfident for the positive class. Recalibrate on held-out "
                + "rows; the ranking stays."),
        Question(
            "Why can R² rise with every column that you add?",
            "On training rows the old fit is always still possible, so the error cannot rise. Adjusted R² charges for columns; "
                + "rows held out tell the truth."),
        Question(
            "MAE or RMSE?",
            "RMSE punishes large errors more and aims at the mean; MAE treats all alike and aims at the median. With long tails "
                + "they choose different models; say what an error of ten costs against ten errors of one."),
        Question(
            "How do you compare two classifiers on the same test rows?",
            "Look at the rows on which exactly one is wrong: McNemar’s test asks whether these are split evenly. Or bootstrap the "
                + "difference of the scores. Two separate intervals are too cautious, since the rows are the same."),
        Question(
            "What does a confidence interval of a test score not cover?",
            "That the world changes, that the labels are wrong, that you looked before. It covers the chance of drawing these "
                + "test rows, and nothing else."),
        .trap(
            "Your model beats the baseline on all ten metrics on the dashboard. Ship it?",
            "Ten metrics on the same rows are hardly ten witnesses. Ask for one that stands for the decision, with its cost, by "
                + "group, on rows from after the training period."),
    ]

    private static let working = [
        Question(
            "Your model is good offline and bad online. Where do you look first?",
            "At the inputs: log what was served and compare it, column by column, with training (skew, units, defaults, time "
                + "zones, leaked columns). Then at who comes: the population may be another. Then at the labels."),
        Question(
            "How often do you retrain?",
            "When the measured loss, or a drift that is known to cost, says so, and never without the tests that the first "
                + "version passed. A calendar is the fallback when outcomes come too late."),
        Question(
            "What do you log with each prediction?",
            "Time, model version, the inputs as the model saw them (within what privacy allows), the answer and its probability, "
                + "and an identifier to join the outcome to."),
        Question(
            "Demographic parity and equalized odds: what is the difference?",
            "Parity wants the same share of positive answers in each group, whatever the truth. Equalized odds wants the same true and "
                + "false positive rates. With different base rates both cannot hold at once, save in trivial cases."),
        Question(
            "Leaving out the sensitive column makes the model fair, does it not?",
            "No: other columns stand in for it (a postcode, a first name), and without the column you cannot even measure. Keep it "
                + "for judging, decide openly whether the model may see it."),
        Question(
            "What do SHAP values of one prediction add up to?",
            "To the difference between this prediction and the mean prediction over the background. They say how the model came "
                + "to its answer, not what would happen if the person changed something."),
        Question(
            "What can go wrong with a LIME explanation?",
            "It fits a line to the model around one row: the neighbourhood is drawn at random and its width is a choice, so another "
                + "seed may give other reasons. Look at the local fit and repeat it."),
    ]
}
