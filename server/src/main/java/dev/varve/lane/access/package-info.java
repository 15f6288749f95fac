/// Who may do what: the rules of the schema, compiled, and the one place that says yes.
///
/// In: a caller and what it asks for. Out: [Authorized], which only this package can make and without
/// which neither the write nor the read lane does anything.
///
/// Start reading at [Access]. What is asked for is a [Command] or a [Read], by a [Caller]; what binds it is [Grants].
///
/// | step | classes |
/// |---|---|
/// | rules of the schema are compiled, once | [RuleCompiler], [OwnerFields], [Rule], [RuleBook]; mistakes: [RuleMistake], [RulesResult] |
/// | they are narrowed to the roles of a caller, kept for the next | [CallerRoles], [CallerGrants], [ModelRules], [RuleSet] |
/// | somebody asks | [Access], [ReadCheck], [AccessRefusals]; without rules: [OperatorGrants], [SignUpGrants] |
/// | answers are shared by those who see the same | [RuleDependencies], [AnswerScope] |
/// | rules are put in words | [Explainer], [Explanation] |
///
/// To add a kind of rule, add its case to [dev.varve.schema.AuthRule]: the compiler names every place that has to decide
/// on it.
@NullMarked
package dev.varve.lane.access;

import org.jspecify.annotations.NullMarked;
