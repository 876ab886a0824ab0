package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.InstanceOfTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.UnaryTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A chain of {@code instanceof} over the kinds of a sealed type forgets none: its last branch throws, and its class tests for
 * each kind. It stands in for the {@code switch} over patterns that Java 17 does not have.
 */
class SealedChainsTest {

    @Test
    void every_chain_over_a_sealed_type_knows_all_kinds_and_throws_for_others() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Chains chains = chains(compiler, files.getJavaFileObjectsFromPaths(Sources.ofMain()));
            assertThat(chains.wrong).isEmpty();
            assertThat(chains.found).as("what the rule is about").isGreaterThan(5);
        }
    }

    @Test
    void each_way_of_forgetting_a_kind_is_found() throws IOException {
        String types =
                "sealed interface S { record A() implements S {} record B() implements S {} record C() implements S {} }";
        assertThat(wrong(types, "if (s instanceof S.A) { a(); } else if (s instanceof S.B) { b(); } else { c(); }"))
                .containsExactly("X: a chain over r.S does not throw for other kinds", "X: a chain over r.S forgets C");
        assertThat(wrong(
                        types,
                        "if (s instanceof S.A) { return a(); } if (s instanceof S.B) { return b(); } return c();"))
                .hasSize(2);
        assertThat(wrong(types, "return s instanceof S.A ? a() : s instanceof S.B ? b() : c();"))
                .hasSize(2);
        assertThat(
                        wrong(
                                types,
                                "if (s instanceof S.A) { a(); } else if (s instanceof S.B) { b(); } else { throw new Error(); }"))
                .containsExactly("X: a chain over r.S forgets C");
        assertThat(wrong(
                        types,
                        "if (s instanceof S.A) { a(); } else if (s instanceof S.B) { b(); }"
                                + " else if (!(s instanceof S.C)) { throw new Error(); }"))
                .isEmpty();
        assertThat(wrong(types, "if (s instanceof S.A) { a(); } else { c(); }"))
                .as("one kind is not a chain")
                .isEmpty();
    }

    private static List<String> wrong(String types, String body) throws IOException {
        String source = "package r; " + types + " class X { Object x(S s) { " + body + " } }";
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///X.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        return chains(ToolProvider.getSystemJavaCompiler(), List.of(file)).wrong;
    }

    private static Chains chains(JavaCompiler compiler, Iterable<? extends JavaFileObject> files) throws IOException {
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, files);
        List<CompilationUnitTree> units = new ArrayList<>();
        task.parse().forEach(units::add);
        Kinds kinds = new Kinds();
        kinds.scan(units, "");
        Chains chains = new Chains(kinds.sealedTypesOf);
        chains.scan(units, null);
        return chains;
    }

    /** The simple name of a type as it stands in the source: {@code Stored} for {@code AppendOutcome.Stored}. */
    private static String simple(Tree type) {
        String name = type.toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Which sealed types have a kind of a name. A sealed type without {@code permits} has its kinds in its own file. */
    private static final class Kinds extends TreeScanner<Void, String> {
        final Map<String, Set<String>> sealedTypesOf = new TreeMap<>();
        private final Set<String> sealed = new TreeSet<>();

        @Override
        public Void visitCompilationUnit(CompilationUnitTree unit, String unused) {
            sealed.clear();
            return super.visitCompilationUnit(unit, unit.getPackageName() + ".");
        }

        @Override
        public Void visitClass(ClassTree type, String room) {
            String name = type.getSimpleName().toString();
            if (type.getModifiers().getFlags().contains(Modifier.SEALED)) {
                sealed.add(name);
            }
            type.getPermitsClause().forEach(kind -> add(simple(kind), room + name));
            List<Tree> above = new ArrayList<>(type.getImplementsClause());
            if (type.getExtendsClause() != null) {
                above.add(type.getExtendsClause());
            }
            above.stream()
                    .map(SealedChainsTest::simple)
                    .filter(sealed::contains)
                    .forEach(parent -> add(name, room + parent));
            return super.visitClass(type, room);
        }

        private void add(String kind, String sealedType) {
            sealedTypesOf.computeIfAbsent(kind, first -> new TreeSet<>()).add(sealedType);
        }
    }

    private static final class Chains extends TreeScanner<Void, Void> {
        final List<String> wrong = new ArrayList<>();
        int found;
        private final Map<String, Set<String>> sealedTypesOf;
        private final Set<String> tested = new TreeSet<>();
        private final Set<String> chained = new TreeSet<>();
        private final Set<Tree> seen = new HashSet<>();
        private String outermost = "";

        Chains(Map<String, Set<String>> sealedTypesOf) {
            this.sealedTypesOf = sealedTypesOf;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (!outermost.isEmpty()) {
                return super.visitClass(type, null);
            }
            outermost = type.getSimpleName().toString();
            tested.clear();
            chained.clear();
            super.visitClass(type, unused);
            sealedTypesOf.forEach((kind, types) -> types.stream()
                    .filter(chained::contains)
                    .filter(one -> !tested.contains(kind))
                    .forEach(one -> wrong.add(outermost + ": a chain over " + one + " forgets " + kind)));
            outermost = "";
            return null;
        }

        @Override
        public Void visitInstanceOf(InstanceOfTree test, Void unused) {
            tested.add(kind(test));
            return super.visitInstanceOf(test, null);
        }

        @Override
        public Void visitBlock(BlockTree block, Void unused) {
            List<? extends StatementTree> statements = block.getStatements();
            for (int i = 0; i < statements.size(); i++) {
                if (statements.get(i) instanceof IfTree first && seen.add(first)) {
                    check(statements.subList(i, statements.size()));
                }
            }
            return super.visitBlock(block, null);
        }

        @Override
        public Void visitIf(IfTree first, Void unused) {
            if (seen.add(first)) {
                check(List.of(first));
            }
            return super.visitIf(first, null);
        }

        @Override
        public Void visitConditionalExpression(ConditionalExpressionTree choice, Void unused) {
            if (seen.add(choice)) {
                List<String> kinds = new ArrayList<>();
                conditional(choice, kinds);
                judge(kinds, false);
            }
            return super.visitConditionalExpression(choice, null);
        }

        /** Follows a chain that begins with the first statement, and on through branches that leave the block. */
        private void check(List<? extends StatementTree> statements) {
            List<String> kinds = new ArrayList<>();
            boolean leaves = true;
            StatementTree at = statements.get(0);
            for (int next = 1;
                    at instanceof IfTree one && !kind(one.getCondition()).isEmpty(); ) {
                leaves &= leaves(one.getThenStatement());
                if (next > 1 && !leaves && one.getElseStatement() == null) {
                    break; // what follows is done for every kind
                }
                seen.add(one);
                kinds.add(kind(one.getCondition()));
                if (one.getElseStatement() != null) {
                    at = one.getElseStatement();
                } else {
                    at = leaves && next < statements.size() ? statements.get(next++) : null;
                }
            }
            if (at instanceof ReturnTree last && last.getExpression() != null) {
                conditional(last.getExpression(), kinds);
            }
            judge(kinds, (at != null && last(at) instanceof ThrowTree) || throwsUnless(at));
        }

        private void conditional(ExpressionTree expression, List<String> kinds) {
            if (plain(expression) instanceof ConditionalExpressionTree choice
                    && !kind(choice.getCondition()).isEmpty()) {
                seen.add(choice);
                kinds.add(kind(choice.getCondition()));
                conditional(choice.getFalseExpression(), kinds);
            }
        }

        private void judge(List<String> kinds, boolean lastThrows) {
            Map<String, Set<String>> bySealed = new TreeMap<>();
            kinds.forEach(kind -> sealedTypesOf
                    .getOrDefault(kind, Set.of())
                    .forEach(type -> bySealed.computeIfAbsent(type, first -> new TreeSet<>())
                            .add(kind)));
            bySealed.forEach((type, some) -> {
                if (some.size() > 1) {
                    found++;
                    chained.add(type);
                    if (!lastThrows) {
                        wrong.add(outermost + ": a chain over " + type + " does not throw for other kinds");
                    }
                }
            });
        }

        /** Which kind a condition tests for; empty if it is another condition. */
        private String kind(ExpressionTree condition) {
            ExpressionTree plain = plain(condition);
            if (plain instanceof BinaryTree both && plain.getKind() == Kind.CONDITIONAL_AND) {
                return kind(both.getLeftOperand());
            }
            String kind = plain instanceof InstanceOfTree test ? kind(test) : "";
            return sealedTypesOf.containsKey(kind) ? kind : "";
        }

        private static String kind(InstanceOfTree test) {
            return simple(test.getType());
        }

        private boolean throwsUnless(@Nullable StatementTree statement) {
            return statement instanceof IfTree last
                    && plain(last.getCondition()) instanceof UnaryTree not
                    && not.getKind() == Kind.LOGICAL_COMPLEMENT
                    && !kind(not.getExpression()).isEmpty()
                    && last(last.getThenStatement()) instanceof ThrowTree;
        }

        private static boolean leaves(@Nullable StatementTree statement) {
            return statement != null
                    && Set.of(Kind.RETURN, Kind.THROW, Kind.CONTINUE, Kind.BREAK)
                            .contains(last(statement).getKind());
        }

        private static StatementTree last(StatementTree statement) {
            return statement instanceof BlockTree block
                            && !block.getStatements().isEmpty()
                    ? block.getStatements().get(block.getStatements().size() - 1)
                    : statement;
        }

        private static ExpressionTree plain(ExpressionTree expression) {
            return expression instanceof ParenthesizedTree inner ? plain(inner.getExpression()) : expression;
        }
    }
}
