package dev.retouch.mock;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

class BoundariesTest {

    private final JavaClasses mock = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.retouch.mock");

    @Test
    void theMockNeverKnowsTheGateway() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.retouch.server..", "dev.retouch.client..")
                .because("a provider that shares code with the gateway shares its errors, and hides them")
                .check(mock);
    }

    @Test
    void picturesKnowNothingOfHttp() {
        noClasses().that().resideInAnyPackage("dev.retouch.mock.picture..", "dev.retouch.mock.model..",
                "dev.retouch.mock.scenario..").should().dependOnClassesThat().resideInAnyPackage("org.eclipse.jetty..",
                        "dev.retouch.mock.wire..")
                .because("they must be understandable, and testable, without a server").check(mock);
    }

    @Test
    void junitIsKnownInOnePackageOnly() {
        noClasses().that().resideOutsideOfPackage("dev.retouch.mock.junit").should().dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "dev.retouch.mock.junit..")
                .because("the mock runs alone too, without JUnit on its class path").check(mock);
    }

    @Test
    void packagesDependInOneDirection() {
        slices().matching("dev.retouch.mock.(*)..").should().beFreeOfCycles()
                .because("a newcomer reads them one after the other").check(mock);
    }
}
