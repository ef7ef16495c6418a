package dev.decant;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;

/** Holds the order of the packages and a few habits that are cheap to keep and dear to regain. */
@AnalyzeClasses(packages = "dev.decant", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    /** Lowest first; a package may import only those before it. The one copy of this order besides the docs. */
    private static final List<String> ORDER = List.of(
            "spec",
            "file",
            "image",
            "text",
            "tensor",
            "loss",
            "metric",
            "nn",
            "optim",
            "weights",
            "model",
            "model.text",
            "model.vision",
            "model.multimodal",
            "data",
            "data.image",
            "data.text",
            "data.imagetext",
            "data.shapes",
            "quantize",
            "distill",
            "distill.term",
            "prune",
            "train.score",
            "train",
            "export",
            "modelio",
            "analyze",
            "analyze.plot",
            "recipe",
            "build",
            "bench",
            "report",
            "stage",
            "study",
            "run");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.decant.(*)..").should().beFreeOfCycles();

    @ArchTest
    static void packagesImportDownward(com.tngtech.archunit.core.domain.JavaClasses imported) {
        for (int i = 0; i < ORDER.size(); i++) {
            String[] above = ORDER.subList(i + 1, ORDER.size()).stream()
                    .flatMap(ArchitectureTest::rooms)
                    .toArray(String[]::new);
            if (above.length > 0) {
                noClasses()
                        .that()
                        .resideInAnyPackage(rooms(ORDER.get(i)).toArray(String[]::new))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(above)
                        .check(imported);
            }
        }
    }

    @ArchTest
    static final ArchRule everyPackageHasItsPlace = classes()
            .should()
            .resideInAnyPackage(
                    Stream.concat(Stream.of("dev.decant"), ORDER.stream().flatMap(ArchitectureTest::rooms))
                            .toArray(String[]::new));

    /** A package, and what is internal to it. */
    private static Stream<String> rooms(String name) {
        return Stream.of("dev.decant." + name, "dev.decant." + name + ".internal..");
    }

    @ArchTest
    static final ArchRule onlyTensorKnowsTheBinding = noClasses()
            .that()
            .resideOutsideOfPackage("dev.decant.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule recipeImportsSharedWordsOnly = noClasses()
            .that()
            .resideInAPackage("dev.decant.recipe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER.stream()
                    .filter(p -> !p.equals("recipe") && !p.equals("spec"))
                    .map(p -> "dev.decant." + p + "..")
                    .toArray(String[]::new))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule lossImportsTensorOnly = noClasses()
            .that()
            .resideInAPackage("dev.decant.loss..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ORDER.stream()
                    .filter(p -> !p.equals("loss") && !p.equals("tensor") && !p.equals("spec"))
                    .map(p -> "dev.decant." + p + "..")
                    .toArray(String[]::new))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theLibraryNeverExitsOrPrints = noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule namesSayWhatAClassIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager");

    @ArchTest
    static final ArchRule classesAreFinalOrAbstract = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotAnonymousClasses()
            .and()
            .areNotEnums()
            .and()
            .areNotAssignableTo(Enum.class)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);
}
