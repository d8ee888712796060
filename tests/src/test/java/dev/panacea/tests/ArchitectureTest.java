package dev.panacea.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house, read from the class files of every module; each rule is shown to refuse what it forbids. */
class ArchitectureTest {
    /** Packages of each module, in the order of who may see whom. */
    private static final List<List<String>> LAYERS = List.of(
        List.of("dev.panacea.runtime.."), List.of("dev.panacea.kernels.."), List.of("dev.panacea.autograd.."),
        List.of("dev.panacea.transformer.."),
        List.of("dev.panacea.cli..", "dev.panacea.config..", "dev.panacea.data..", "dev.panacea.demo..", "dev.panacea.evaluation..",
            "dev.panacea.objective..", "dev.panacea.preference..", "dev.panacea.pretraining..", "dev.panacea.reward..",
            "dev.panacea.run..", "dev.panacea.training.."),
        List.of("dev.panacea.bench.."));

    private static final JavaClasses PRODUCT = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.panacea");

    /** A rule, and a class that breaks it. */
    record Rule(ArchRule rule, Class<?> offender) {
        @Override
        public String toString() {
            return rule.getDescription();
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
            new Rule(noClasses().that().resideOutsideOfPackage("dev.panacea.runtime.bindings")
                .should().dependOnClassesThat(DescribedPredicate.or(exactly(Linker.class), exactly(SymbolLookup.class)))
                .because("native code is bound in one package"), Offenders.Binds.class),
            // A step of the build says what it does as every build does.
            new Rule(noClasses().that().resideOutsideOfPackages("dev.panacea.cli..", "dev.panacea.bench..", "dev.panacea.kernels.build")
                .should().accessField(System.class, "out").orShould().accessField(System.class, "err")
                .orShould().callMethodWhere(JavaCall.Predicates.target(HasName.Predicates.name("printStackTrace")))
                .because("only commands speak to the terminal"), Offenders.Prints.class),
            new Rule(noClasses().that().resideOutsideOfPackages("dev.panacea.runtime..")
                // Both map a file for as long as an object lives that any thread may read, and close the map with it.
                .and().doNotHaveFullyQualifiedName("dev.panacea.data.arrow.ArrowTable")
                .and().doNotHaveFullyQualifiedName("dev.panacea.transformer.weights.SafetensorsFile")
                .should().callMethod(Arena.class, "ofShared")
                .because("memory comes from scopes, whose arenas the runtime keeps"), Offenders.Shares.class),
            new Rule(noClasses().should().callMethod(Arena.class, "ofAuto")
                .because("memory is given back at a known time"), Offenders.LeavesToTheCollector.class),
            new Rule(noClasses().that().doNotHaveFullyQualifiedName("dev.panacea.cli.Main")
                .should().callMethod(System.class, "exit", int.class)
                .because("only the entry ends the process"), Offenders.Exits.class));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isKept(Rule rule) {
        rule.rule.check(PRODUCT);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isBrokenByItsOffender(Rule rule) {
        assertTrue(rule.rule.evaluate(new ClassFileImporter().importClasses(rule.offender)).hasViolation());
    }

    static Stream<Integer> layers() {
        return IntStream.range(0, LAYERS.size() - 1).boxed();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerLooksOnlyDown(int layer) {
        assertTrue(PRODUCT.stream().anyMatch(type -> inLayer(type, layer)), "no class in " + LAYERS.get(layer));
        doesNotLookUp(LAYERS.get(layer), layer).check(PRODUCT);
    }

    @Test
    void aLookUpIsCaught() {
        // Kernels use themselves, so from below the runtime's rule does not hold for them.
        assertTrue(doesNotLookUp(LAYERS.get(1), 0).evaluate(PRODUCT).hasViolation());
    }

    @Test
    void everyClassBelongsToALayer() {
        List<String> strangers = PRODUCT.stream().filter(type -> IntStream.range(0, LAYERS.size()).noneMatch(layer -> inLayer(type, layer)))
            .map(JavaClass::getName).filter(name -> !name.startsWith("dev.panacea.tests.")).toList();
        assertTrue(strangers.isEmpty(), () -> "in no layer: " + strangers);
    }

    private static ArchRule doesNotLookUp(List<String> packages, int layer) {
        String[] above = LAYERS.subList(layer + 1, LAYERS.size()).stream().flatMap(List::stream).toArray(String[]::new);
        return noClasses().that().resideInAnyPackage(packages.toArray(String[]::new))
            .should().dependOnClassesThat().resideInAnyPackage(above).because("modules only look down");
    }

    private static boolean inLayer(JavaClass type, int layer) {
        return LAYERS.get(layer).stream().map(JavaClass.Predicates::resideInAPackage).anyMatch(predicate -> predicate.test(type));
    }

    private static DescribedPredicate<JavaClass> exactly(Class<?> type) {
        return JavaClass.Predicates.equivalentTo(type);
    }
}
