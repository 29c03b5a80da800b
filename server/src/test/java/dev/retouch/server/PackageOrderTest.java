package dev.retouch.server;

import java.util.List;
import java.util.Map;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/** Checks the order of packages that {@code package-info.java} of the root package states. */
@AnalyzeClasses(packages = "dev.retouch.server", importOptions = DoNotIncludeTests.class)
class PackageOrderTest {

    private static final String ROOT = "dev.retouch.server.";
    private static final String GENERATED = "contract";

    /** The packages from the top down; a package depends only on later packages. */
    private static final List<String> ORDER = List.of(
            "cli", "app", "config", "observe",
            "http",
            "api",
            "intake", "task", "idempotency",
            "edit",
            "upstream", "fetch", "billing", "key", "catalog",
            "answer",
            "moderation", "exchange", "hosting", "price", "retention", "normalise",
            "admission", "model", "image", "network", "bytes",
            "database", "storage",
            "error", "secret", "settings", "log");

    /** Dependencies against the order, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "intake -> config", "the limits of a request body are read from the settings record of the HTTP server");

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ON_LATER_PACKAGES_ONLY = classes().that()
            .resideInAPackage("dev.retouch.server.*..").and()
            .resideOutsideOfPackage("dev.retouch.server." + GENERATED + "..")
            .should(dependOnLaterPackagesOnly())
            .because("one order decides where a class belongs; ports are declared in the package that calls them");

    private static ArchCondition<JavaClass> dependOnLaterPackagesOnly() {
        return new ArchCondition<>("depend on packages later in the order only") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String origin = topPackage(type);
                if (!ORDER.contains(origin)) {
                    events.add(SimpleConditionEvent.violated(type,
                            type.getName() + " is in package '" + origin + "', which the order does not list"));
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    String destination = topPackage(target);
                    boolean against = ORDER.contains(destination)
                            && ORDER.indexOf(destination) < ORDER.indexOf(origin);
                    if (against && !EXCEPTIONS.containsKey(origin + " -> " + destination)) {
                        events.add(SimpleConditionEvent.violated(dependency,
                                origin + " -> " + destination + ": " + dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** Returns the package of a class below the root, or an empty string for other classes. */
    private static String topPackage(JavaClass type) {
        String name = type.getPackageName() + ".";
        return name.startsWith(ROOT) && name.length() > ROOT.length()
                ? name.substring(ROOT.length(), name.indexOf('.', ROOT.length()))
                : "";
    }
}
