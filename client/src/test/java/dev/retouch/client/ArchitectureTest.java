package dev.retouch.client;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.retouch.client", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_NOBODY_ELSE_OF_OURS = classes().should().onlyDependOnClassesThat()
            .resideInAnyPackage("dev.retouch.client..", "java..", "javax..", "jakarta..", "com.fasterxml.jackson..",
                    "org.glassfish.jersey..", "org.apache.hc..", "org.jspecify..")
            .because("server and client are made from the one contract separately, so that a mistake in one cannot"
                    + " cancel a mistake in the other, and so that its users get no gateway with it");

    @ArchTest
    static final ArchRule GENERATED_CODE_KNOWS_NOTHING_OF_THE_FRONT = noClasses().that()
            .resideInAnyPackage("..client.api..", "..client.model..", "..client.invoker..").should()
            .dependOnClassesThat().resideInAPackage("dev.retouch.client")
            .because("it is made from the contract alone, and can be used by itself");
}
