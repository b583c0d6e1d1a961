import ts from 'typescript';

export interface ImportLine {
  readonly specifier: string;
  readonly names: readonly string[];
  /** Erased by the compiler, so no code of the target runs because of it. */
  readonly typeOnly: boolean;
}

/** A tagged template sql`...` as it is written, and the function, method or constant that holds it. */
export interface SqlText {
  readonly text: string;
  readonly within: string;
}

export interface ParsedSource {
  readonly text: string;
  readonly imports: readonly ImportLine[];
  /** Calls `something.transaction(...)`. */
  readonly opensTransaction: boolean;
  /** Holds a tagged template sql`...`. */
  readonly writesSql: boolean;
  readonly sql: readonly SqlText[];
  /** Parameters of the widest constructor in the file. */
  readonly dependencies: number;
  /** Nothing but `export ... from`: a file that only forwards. */
  readonly onlyForwards: boolean;
  readonly anyKeywords: number;
  /** Lines covered by imports and forwarding exports. */
  readonly importLines: number;
}

/** Reads the facts the rules need from one file, without resolving or checking types. */
export function parseSource(path: string, text: string): ParsedSource {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const facts = {
    imports: [] as ImportLine[],
    opensTransaction: false,
    sql: [] as SqlText[],
    dependencies: 0,
    anyKeywords: 0,
  };
  const visit = (node: ts.Node): void => {
    const line = importOf(node);
    if (line) facts.imports.push(line);
    if (isTransactionCall(node)) facts.opensTransaction = true;
    if (ts.isTaggedTemplateExpression(node) && isSqlTag(node.tag))
      facts.sql.push({ text: node.template.getText(file), within: holderOf(node) });
    if (ts.isConstructorDeclaration(node)) {
      facts.dependencies = Math.max(facts.dependencies, node.parameters.length);
    }
    if (node.kind === ts.SyntaxKind.AnyKeyword) facts.anyKeywords += 1;
    ts.forEachChild(node, visit);
  };
  visit(file);
  const onlyForwards = file.statements.length > 0 && file.statements.every(isForward);
  return {
    text,
    ...facts,
    writesSql: facts.sql.length > 0,
    onlyForwards,
    importLines: countImportLines(file),
  };
}

function importOf(node: ts.Node): ImportLine | undefined {
  if (ts.isImportDeclaration(node)) return importDeclaration(node);
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return forward(node, node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return runTimeImport(node);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), names: [], typeOnly: true };
  }
  return undefined;
}

function forward(node: ts.ExportDeclaration, target: ts.Expression): ImportLine {
  const elements =
    node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
  const typeOnly = node.isTypeOnly || allTypes(elements);
  return { specifier: textOf(target), names: namesOf(elements), typeOnly };
}

function runTimeImport(node: ts.CallExpression): ImportLine | undefined {
  const [target] = node.arguments;
  if (!target || !ts.isStringLiteralLike(target)) return undefined;
  return { specifier: target.text, names: [], typeOnly: false };
}

function importDeclaration(node: ts.ImportDeclaration): ImportLine {
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  const erased = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const typeOnly = erased || (clause?.name === undefined && allTypes(elements));
  return { specifier: textOf(node.moduleSpecifier), names: namesOf(elements), typeOnly };
}

type Named = ts.ImportSpecifier | ts.ExportSpecifier;

function allTypes(elements: Iterable<Named>): boolean {
  const list = [...elements];
  return list.length > 0 && list.every((element) => element.isTypeOnly);
}

function namesOf(elements: Iterable<Named>): string[] {
  return [...elements].map((element) => (element.propertyName ?? element.name).text);
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : '';
}

function isTransactionCall(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'transaction'
  );
}

function isSqlTag(tag: ts.Expression): boolean {
  return ts.isIdentifier(tag)
    ? tag.text === 'sql'
    : ts.isPropertyAccessExpression(tag) && isSqlTag(tag.expression);
}

/** The outermost name inside a class or file: a method, a function or a constant. */
function holderOf(node: ts.Node): string {
  let name = '';
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isMethodDeclaration(at) || ts.isFunctionDeclaration(at) || ts.isVariableDeclaration(at))
      name = at.name?.getText() ?? name;
  }
  return name;
}

function isForward(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
}

function countImportLines(file: ts.SourceFile): number {
  return file.statements
    .filter((statement) => ts.isImportDeclaration(statement) || isForward(statement))
    .reduce((total, statement) => total + statement.getText(file).split('\n').length, 0);
}
